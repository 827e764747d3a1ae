package dev.outrigger.agent.node;

import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** The node's metrics, under the field's names. Gauges read plain fields and may be a moment old. */
final class NodeMetrics {
    private final MeterRegistry registry;
    private final Timer sync;
    private final DistributionSummary syncEntries;
    private final Counter leaderChanges;
    private final Counter elections;

    NodeMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.sync = Timer.builder("outrigger.log.sync")
                .description("Time to append and force one batch")
                .serviceLevelObjectives(
                        Duration.ofNanos(100_000),
                        Duration.ofNanos(300_000),
                        Duration.ofMillis(1),
                        Duration.ofMillis(3),
                        Duration.ofMillis(10),
                        Duration.ofMillis(30),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1))
                .register(registry);
        this.syncEntries = DistributionSummary.builder("outrigger.log.sync.entries")
                .description("Entries made durable by one force")
                .register(registry);
        this.leaderChanges = Counter.builder("outrigger.raft.leader.changes")
                .description("Changes of the leader as seen by this member")
                .register(registry);
        this.elections = Counter.builder("outrigger.raft.elections")
                .description("Campaigns of this member, pre-votes not counted")
                .register(registry);
    }

    void bind(RaftCore core, Commands commands, Barriers barriers, LogFeed logFeed, LongSupplier appliedIndex) {
        gauge("outrigger.raft.term", "Current term", core, RaftCore::term);
        gauge("outrigger.raft.leader", "1 while this member leads", core, c -> c.role() == RoleName.LEADER ? 1 : 0);
        gauge(
                "outrigger.raft.leader.known",
                "1 while a leader is known",
                core,
                c -> c.leader().isPresent() ? 1 : 0);
        gauge("outrigger.raft.last.index", "Last index of the log", core, RaftCore::lastIndex);
        gauge("outrigger.raft.durable.index", "Last index durable here", core, RaftCore::durableIndex);
        gauge("outrigger.raft.commit.index", "Commit index", core, RaftCore::commitIndex);
        gauge("outrigger.raft.uncommitted.bytes", "Uncommitted entries in memory", core, RaftCore::uncommittedBytes);
        gauge("outrigger.raft.applied.index", "Applied index", appliedIndex, LongSupplier::getAsLong);
        gauge("outrigger.commands.pending", "Commands that wait for their answer", commands, Commands::pending);
        gauge("outrigger.commands.pending.bytes", "Bytes of those commands", commands, Commands::pendingBytes);
        gauge("outrigger.reads.waiting", "Reads that wait", barriers, Barriers::waiting);
        gauge("outrigger.log.readers", "Readers that follow the log", logFeed, LogFeed::readers);
    }

    void synced(long tookNanos, int entries) {
        sync.record(tookNanos, TimeUnit.NANOSECONDS);
        syncEntries.record(entries);
    }

    void leadership(RaftDriver.Leadership before, RaftDriver.Leadership now) {
        if (now.leader().isPresent() && !now.leader().equals(before.leader())) {
            leaderChanges.increment();
        }
        if (now.role() == RoleName.CANDIDATE) {
            elections.increment();
        }
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
