package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import dev.outrigger.deploy.load.Latencies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** kill -9 of one agent after the other, at random moments under load, with a log of a given size that is never cut. */
final class Kills implements Scenario {
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final int BIG_COMMAND_BYTES = 64 << 10;
    private static final int COMMAND_BYTES = 256;
    private static final int IN_FLIGHT = 4;

    private final int kills;
    private final long logMiB;
    private final long seed;

    Kills(int kills, long logMiB, long seed) {
        this.kills = kills;
        this.logMiB = logMiB;
        this.seed = seed;
    }

    @Override
    public Report run(Path repository, Path directory) {
        AgentExtras whole = new AgentExtras(List.of(), List.of("--snapshot-log=1024GiB"));
        try (LocalCluster cluster = Tally.cluster(repository, directory, whole, 0)) {
            cluster.start();
            cluster.awaitReady();
            fill(cluster);
            return kill(cluster);
        }
    }

    private void fill(LocalCluster cluster) {
        long commands = (logMiB << 20) / BIG_COMMAND_BYTES;
        Progress.say("filling the log with " + commands + " commands of " + BIG_COMMAND_BYTES + " bytes");
        try (Clients clients = new Clients(List.of(cluster.leader()), 32, BIG_COMMAND_BYTES, commands)) {
            clients.awaitEnd(Duration.ofMinutes(20));
        }
    }

    private Report kill(LocalCluster cluster) {
        Random random = new Random(seed);
        Latencies restarts = new Latencies();
        long slowestNanos = 0;
        Clients clients = new Clients(cluster.instances(), IN_FLIGHT, COMMAND_BYTES, Long.MAX_VALUE);
        try (clients) {
            for (int i = 1; i <= kills; i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
                Instance victim = cluster.instances().get(random.nextInt(3));
                victim.agent().kill();
                long startNanos = System.nanoTime();
                victim.agent().start();
                Await.until(victim + " serves again", READY_MAX, victim::isReady);
                long tookNanos = System.nanoTime() - startNanos;
                restarts.record(tookNanos);
                if (tookNanos > slowestNanos) {
                    slowestNanos = tookNanos;
                    Progress.say("slowest so far: " + victim + " served after " + tookNanos / 1_000_000 + " ms");
                }
                if (i % 10 == 0) {
                    Progress.say(i + " kills, " + clients.acknowledged() + " acknowledged");
                }
            }
        }
        cluster.awaitReady();
        long lost = Tally.compare(cluster, clients);
        return new Report("kills")
                .with("kills", kills)
                .with("logMiB", logMiB)
                .with("acknowledged", clients.acknowledged())
                .with("unknown", clients.unknown())
                .with("notExecuted", clients.notExecuted())
                .with("lost", lost)
                .with("restartToReadyP50Ms", restarts.percentileNanos(50) / 1_000_000)
                .with("restartToReadyP99Ms", restarts.percentileNanos(99) / 1_000_000)
                .with("restartToReadyMaxMs", slowestNanos / 1_000_000)
                .failedIf(lost > 0);
    }
}
