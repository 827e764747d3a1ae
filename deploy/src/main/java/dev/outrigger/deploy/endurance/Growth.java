package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Many commands with snapshots on: how many bytes are on each disk meanwhile and at the end. */
final class Growth implements Scenario {
    private static final int COMMAND_BYTES = 128;
    private static final int IN_FLIGHT = 4096;
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final long commands;

    Growth(long commands) {
        this.commands = commands;
    }

    @Override
    public Report run(Path repository, Path directory) {
        try (LocalCluster cluster = Tally.cluster(repository, directory, AgentExtras.NONE, 0)) {
            cluster.start();
            cluster.awaitReady();
            Clients clients = new Clients(List.of(cluster.leader()), IN_FLIGHT, COMMAND_BYTES, commands);
            long startNanos = System.nanoTime();
            long most = 0;
            while (clients.acknowledged() + clients.unknown() + clients.notExecuted() < commands) {
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
                for (Instance instance : cluster.instances()) {
                    most = Math.max(most, bytesOnDisk(instance));
                }
                Progress.say(clients.acknowledged() + " commands, at most " + (most >> 20) + " MiB on one disk");
            }
            clients.awaitEnd(Duration.ofMinutes(1));
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
            long lost = Tally.compare(cluster, clients);
            Report report = new Report("growth")
                    .with("commands", commands)
                    .with("acknowledged", clients.acknowledged())
                    .with("unknown", clients.unknown())
                    .with("notExecuted", clients.notExecuted())
                    .with("lost", lost)
                    .with("seconds", seconds)
                    .with("mostBytesOnOneDisk", most);
            for (Instance instance : cluster.instances()) {
                report.with("bytesAtEnd." + instance, bytesOnDisk(instance));
            }
            return report.failedIf(lost > 0);
        }
    }

    /** As the file system counts them: blocks, not lengths. */
    static long bytesOnDisk(Instance instance) {
        try {
            Process du = new ProcessBuilder(
                            "du", "-s", "-B1", instance.place().data().toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String line = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Long.parseLong(line.split("\\s", 2)[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
