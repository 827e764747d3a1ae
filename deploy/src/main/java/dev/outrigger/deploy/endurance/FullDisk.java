package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Each member's data directory is a small ext4 volume of its own. Somebody else fills it on one member, then on a second,
 * then frees both; commands go on all the time, and what every listener says is written down. Needs root and loop devices.
 */
final class FullDisk implements Scenario {
    private static final Duration SEEN_MAX = Duration.ofMinutes(3);
    private static final int COMMAND_BYTES = 4096;
    private static final int IN_FLIGHT = 32;

    private final int volumeMiB;

    FullDisk(int volumeMiB) {
        this.volumeMiB = volumeMiB;
    }

    @Override
    public Report run(Path repository, Path directory) {
        List<Path> mounted = new ArrayList<>();
        try (LocalCluster cluster = Tally.cluster(repository, directory, AgentExtras.NONE, 0)) {
            for (Instance instance : cluster.instances()) {
                mounted.add(mount(instance));
            }
            cluster.start();
            cluster.awaitReady();
            return fill(cluster);
        } finally {
            mounted.forEach(mount -> execute("umount", "--lazy", mount.toString()));
        }
    }

    private Report fill(LocalCluster cluster) {
        Report report = new Report("disk-full").with("volumeMiB", volumeMiB);
        Clients clients = new Clients(cluster.instances(), IN_FLIGHT, COMMAND_BYTES, Long.MAX_VALUE);
        try (clients) {
            Await.until("commands go on", SEEN_MAX, progress(clients, 5000));
            Instance first = cluster.leader();
            note(report, "before", cluster);

            Progress.say("filling the disk of the leader, " + first);
            fill(first);
            Await.until(
                    first + " takes no commands",
                    SEEN_MAX,
                    () -> first.submit("x").body().contains("DISK_FULL"));
            Await.until("another leads", SEEN_MAX, () -> !cluster.leader().equals(first));
            Instance second = cluster.leader();
            Await.until("the others go on", SEEN_MAX, progress(clients, 20_000));
            note(report, "oneFull", cluster);

            Progress.say("filling the disk of the next leader too, " + second);
            fill(second);
            Instance third = cluster.othersThan(first).stream()
                    .filter(each -> !each.equals(second))
                    .findFirst()
                    .orElseThrow();
            Await.until(
                    second + " takes no commands",
                    SEEN_MAX,
                    () -> second.submit("x").body().contains("DISK_FULL"));
            Await.until(
                    "nothing is agreed on any more",
                    SEEN_MAX,
                    () -> third.submit("x").statusCode() >= 500);
            note(report, "twoFull", cluster);

            Progress.say("freeing both");
            free(first);
            free(second);
            long freedNanos = System.nanoTime();
            Await.until("commands go on by themselves", SEEN_MAX, progress(clients, 2000));
            report.with("goesOnAfterMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - freedNanos));
            cluster.awaitReady();
            note(report, "freed", cluster);
        }
        boolean sameProcesses =
                cluster.instances().stream().allMatch(each -> each.agent().isAlive());
        long lost = Tally.compare(cluster, clients);
        return report.with("acknowledged", clients.acknowledged())
                .with("unknown", clients.unknown())
                .with("notExecuted", clients.notExecuted())
                .with("agentsThatEnded", sameProcesses ? 0 : 1)
                .with("lost", lost)
                .failedIf(lost > 0)
                .failedIf(!sameProcesses);
    }

    private static BooleanSupplier progress(Clients clients, long commands) {
        long goal = clients.acknowledged() + commands;
        return () -> clients.acknowledged() >= goal;
    }

    /** What each listener says now. */
    private static void note(Report report, String when, LocalCluster cluster) {
        for (Instance instance : cluster.instances()) {
            HttpResponse<String> submitted = instance.submit("x");
            String said = "POST /v1/commands " + submitted.statusCode() + code(submitted.body()) + ", livez "
                    + instance.ops("/livez").statusCode() + ", startupz "
                    + instance.ops("/startupz").statusCode() + ", readyz "
                    + instance.ops("/readyz").statusCode() + ", diagnosis "
                    + codes(instance.ops("/status").body()) + (instance.isLeader() ? ", leads" : "");
            Progress.say(when + " " + instance + ": " + said);
            report.with(when + "." + instance, said);
        }
    }

    private static String code(String problem) {
        int at = problem.indexOf("\"code\":\"");
        return at < 0 ? "" : " " + problem.substring(at + 8, problem.indexOf('"', at + 8));
    }

    private static List<String> codes(String status) {
        List<String> codes = new ArrayList<>();
        int at = status.indexOf("\"diagnosis\":");
        while ((at = status.indexOf("\"code\":\"", at)) >= 0) {
            codes.add(status.substring(at + 8, status.indexOf('"', at + 8)));
            at++;
        }
        return codes;
    }

    // ---- volumes ----

    private Path mount(Instance instance) {
        Path data = instance.place().data();
        Path image = instance.place().directory().resolve("volume.ext4");
        execute("truncate", "-s", volumeMiB + "M", image.toString());
        execute("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        execute("mkdir", "-p", data.toString());
        execute("mount", "-o", "loop", image.toString(), data.toString());
        return data;
    }

    /** Takes every byte that is left, and what becomes free within the next second. */
    private static void fill(Instance instance) {
        try (OutputStream file = Files.newOutputStream(ballast(instance))) {
            int size = 1 << 20;
            for (int tries = 0; tries < 10; ) {
                try {
                    file.write(new byte[size]);
                } catch (IOException full) {
                    size = Math.max(4096, size / 2);
                    if (size == 4096) {
                        tries++;
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void free(Instance instance) {
        try {
            Files.delete(ballast(instance));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path ballast(Instance instance) {
        return instance.place().data().resolve("ballast");
    }

    private static void execute(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
