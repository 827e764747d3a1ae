package dev.outrigger.agent.node;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What snapshots cost. */
final class SnapshotMetrics {
    private final Timer taken;
    private final Counter takenBytes;
    private final Counter failed;
    private final Counter installed;
    private final Counter sentBytes;
    private final Counter receivedBytes;

    SnapshotMetrics(MeterRegistry registry) {
        taken = Timer.builder("outrigger.snapshot.taken")
                .description("Snapshots taken of the application")
                .register(registry);
        takenBytes = counter(registry, "outrigger.snapshot.taken.bytes", "Bytes of snapshots taken");
        failed = counter(registry, "outrigger.snapshot.failed", "Snapshots that were begun or due and not taken");
        installed = counter(registry, "outrigger.snapshot.installed", "Snapshots of a leader in the place of the log");
        sentBytes = counter(registry, "outrigger.snapshot.sent.bytes", "Bytes of snapshots read for followers");
        receivedBytes = counter(registry, "outrigger.snapshot.received.bytes", "Bytes of snapshots from a leader");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void taken(long tookNanos, long bytes) {
        taken.record(tookNanos, TimeUnit.NANOSECONDS);
        takenBytes.increment(bytes);
    }

    void failed() {
        failed.increment();
    }

    void installed() {
        installed.increment();
    }

    void sent(long bytes) {
        sentBytes.increment(bytes);
    }

    void received(long bytes) {
        receivedBytes.increment(bytes);
    }
}
