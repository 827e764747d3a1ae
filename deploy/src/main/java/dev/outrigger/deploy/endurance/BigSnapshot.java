package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import dev.outrigger.deploy.load.Latencies;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A snapshot far larger than the agents' heap, taken from an application that streams it, then sent to a member whose disk
 * was emptied and given to its application, while commands go on.
 */
final class BigSnapshot implements Scenario {
    private static final Duration TAKEN_MAX = Duration.ofMinutes(10);
    private static final Duration REJOINED_MAX = Duration.ofMinutes(10);
    private static final Pattern TERM = Pattern.compile("\"term\":(\\d+)");
    private static final int COMMAND_BYTES = 128;
    private static final int IN_FLIGHT = 4;

    private final long snapshotMiB;
    private final int heapMiB;

    BigSnapshot(long snapshotMiB, int heapMiB) {
        this.snapshotMiB = snapshotMiB;
        this.heapMiB = heapMiB;
    }

    @Override
    public Report run(Path repository, Path directory) {
        AgentExtras small = new AgentExtras(
                List.of("-Xmx" + heapMiB + "m", "-XX:+ExitOnOutOfMemoryError"), List.of("--log-tail=64KiB"));
        try (LocalCluster cluster = Tally.cluster(repository, directory, small, snapshotMiB)) {
            cluster.start();
            cluster.awaitReady();
            try (Clients clients = new Clients(cluster.instances(), IN_FLIGHT, COMMAND_BYTES, Long.MAX_VALUE)) {
                return measure(cluster, clients);
            }
        }
    }

    private Report measure(LocalCluster cluster, Clients clients) {
        Await.until("the agents are warm", Duration.ofMinutes(2), () -> clients.acknowledged() > 60_000);
        Instance leader = cluster.leader();
        long term = term(leader);
        clients.takeLatencies();
        Await.until("a quiet stretch", Duration.ofMinutes(2), after(10));
        Latencies quiet = clients.takeLatencies();

        Progress.say("taking a snapshot of " + snapshotMiB + " MiB at the leader, " + leader);
        long startNanos = System.nanoTime();
        HttpResponse<String> taken = leader.send(leader.request("/v1/snapshots")
                .timeout(TAKEN_MAX)
                .header("Prefer", "wait=" + TAKEN_MAX.toSeconds())
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        long takenNanos = System.nanoTime() - startNanos;
        Latencies taking = clients.takeLatencies();
        Progress.say("answer " + taken.statusCode() + ": " + taken.body());

        Instance emptied = cluster.othersThan(leader).get(0);
        Progress.say("emptying the disk of " + emptied);
        cluster.wipe(emptied);
        startNanos = System.nanoTime();
        emptied.app().start();
        emptied.agent().start();
        Await.until(
                emptied + " is a ready voter again", REJOINED_MAX, () -> emptied.isReady() && votes(leader, emptied));
        long rejoinedNanos = System.nanoTime() - startNanos;
        Latencies installing = clients.takeLatencies();

        boolean sameTerm = cluster.instances().stream().allMatch(each -> term(each) == term);
        clients.close();
        long lost = Tally.compare(cluster, clients);
        return new Report("snapshot")
                .with("snapshotMiB", snapshotMiB)
                .with("agentHeapMiB", heapMiB)
                .with("takenMs", TimeUnit.NANOSECONDS.toMillis(takenNanos))
                .with("rejoinedMs", TimeUnit.NANOSECONDS.toMillis(rejoinedNanos))
                .with("elections", sameTerm ? 0 : 1)
                .with("acknowledged", clients.acknowledged())
                .with("unknown", clients.unknown())
                .with("notExecuted", clients.notExecuted())
                .with("lost", lost)
                .with("p50UsQuiet", micros(quiet, 50))
                .with("p99UsQuiet", micros(quiet, 99))
                .with("p50UsTaking", micros(taking, 50))
                .with("p99UsTaking", micros(taking, 99))
                .with("p50UsInstalling", micros(installing, 50))
                .with("p99UsInstalling", micros(installing, 99))
                .failedIf(taken.statusCode() != 200)
                .failedIf(!sameTerm)
                .failedIf(lost > 0);
    }

    private static BooleanSupplier after(int seconds) {
        long startNanos = System.nanoTime();
        return () -> System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(seconds);
    }

    private static long micros(Latencies latencies, double percent) {
        return latencies.percentileNanos(percent) / 1000;
    }

    private static boolean votes(Instance leader, Instance member) {
        return leader.ops("/status").body().matches("(?s).*\"name\":\"" + member + "\",[^}]*\"role\":\"voter\".*");
    }

    private static long term(Instance instance) {
        Matcher matcher = TERM.matcher(instance.ops("/status").body());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }
}
