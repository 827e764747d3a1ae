package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Child;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import dev.outrigger.deploy.Place;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The same application in three languages, one beside each agent: they have to give the same results, read each other's
 * snapshots, and end with the same state, whatever is killed meanwhile.
 */
final class Languages implements Scenario {
    private static final String DIGEST = "{\"op\":\"digest\"}";
    private static final String JAVA = "java";
    private static final String NODE = "node";
    private static final String PYTHON = "python";
    private static final List<String> NAMES = List.of(JAVA, NODE, PYTHON);

    private static final int CLIENTS = 3;
    private static final long COMMANDS_IN_A_ROUND = 20_000;
    private static final Duration STEP_MAX = Duration.ofSeconds(120);
    private static final Duration SNAPSHOT_MAX = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(120);
    private static final long DOWN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    private final long commands;
    private final long seed;
    private final Random random;
    private final Violations violations = new Violations();
    private final Allowance allowance = new Allowance();
    private int appKills;
    private int agentKills;
    private int wipes;

    /** @param commands how many in all */
    Languages(long commands, long seed) {
        this.commands = commands;
        this.seed = seed;
        this.random = new Random(seed);
    }

    @Override
    public Report run(Path repository, Path directory) {
        Progress.say("seed " + seed);
        AgentExtras extras = new AgentExtras(List.of("-Xmx512m"), List.of("--snapshot-log=256KiB", "--log-tail=8KiB"));
        long startNanos = System.nanoTime();
        try (LocalCluster cluster =
                new LocalCluster(repository, directory, NAMES, place -> application(repository, place), extras)) {
            cluster.start();
            cluster.awaitReady();
            List<KvClient> clients = Stream.generate(
                            () -> new KvClient(cluster.instances(), allowance, violations, random.nextLong()))
                    .limit(CLIENTS)
                    .toList();
            chaos(cluster, clients);
            Map<String, String> digests = awaitEqual(cluster);
            return report(cluster, clients, digests, System.nanoTime() - startNanos);
        }
    }

    private static List<String> application(Path repository, Place place) {
        String port = Integer.toString(place.appPort());
        Path examples = repository.resolve("deploy/examples").toAbsolutePath();
        return switch (place.name()) {
            case NODE -> List.of("node", examples.resolve("kv.mjs").toString(), "--port", port);
            case PYTHON -> List.of("python3", examples.resolve("kv.py").toString(), "--port", port);
            default ->
                Child.java(List.of(
                        "-jar",
                        LocalCluster.examplesJar(repository),
                        "kv",
                        "--port",
                        port,
                        "--agent",
                        place.apiUri().toString()));
        };
    }

    // ---- chaos ----

    private void chaos(LocalCluster cluster, List<KvClient> clients) {
        List<Thread> threads = clients.stream()
                .map(client -> Background.start("client", client::run))
                .toList();
        try {
            long rounds = Math.max(1, commands / COMMANDS_IN_A_ROUND);
            List<Runnable> steps = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                steps.addAll(steps(cluster));
            }
            submitUpTo(commands / (steps.size() + 1));
            for (int i = 1; i <= steps.size(); i++) {
                steps.get(i - 1).run();
                submitUpTo(commands * (i + 1) / (steps.size() + 1));
            }
        } finally {
            allowance.end();
        }
        Await.until("the clients end", END_MAX, () -> threads.stream().noneMatch(Thread::isAlive));
    }

    private void submitUpTo(long count) {
        allowance.add(count - allowance.used());
        Await.until("commands go on", STEP_MAX, allowance::isUsedUp);
    }

    /** Each application killed, and killed with its log cut behind a snapshot; one agent killed; one disk emptied. */
    private List<Runnable> steps(LocalCluster cluster) {
        List<Runnable> steps = new ArrayList<>();
        for (Instance instance : cluster.instances()) {
            steps.add(() -> killApp(instance));
            steps.add(() -> restoreApp(instance));
        }
        steps.add(() -> killAgent(any(cluster)));
        steps.add(() -> wipe(cluster, any(cluster)));
        Collections.shuffle(steps, random);
        return steps;
    }

    private Instance any(LocalCluster cluster) {
        return cluster.instances().get(random.nextInt(NAMES.size()));
    }

    private void killApp(Instance instance) {
        Progress.say("killing the application in " + instance);
        instance.app().kill();
        LockSupport.parkNanos(random.nextLong(DOWN_NANOS_MAX));
        instance.app().start();
        appKills++;
    }

    /** The application has nothing, and what it needs is no longer in the log. */
    private void restoreApp(Instance instance) {
        Progress.say("a snapshot of the application in " + instance + ", and its restart");
        Await.until(instance + " takes a snapshot", SNAPSHOT_MAX, () -> {
            HttpRequest request = instance.request("/v1/snapshots")
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            return instance.isReady() && instance.send(request).statusCode() == 200;
        });
        killApp(instance);
    }

    private void killAgent(Instance instance) {
        Progress.say("killing the agent beside " + instance);
        instance.agent().kill();
        LockSupport.parkNanos(random.nextLong(DOWN_NANOS_MAX));
        instance.agent().start();
        agentKills++;
    }

    /** Its snapshot comes from another member, and so from another language. */
    private void wipe(LocalCluster cluster, Instance instance) {
        cluster.awaitReady();
        Progress.say("emptying the disk of the agent beside " + instance);
        cluster.wipe(instance);
        instance.app().start();
        instance.agent().start();
        wipes++;
    }

    // ---- the end ----

    private static Map<String, String> awaitEqual(LocalCluster cluster) {
        cluster.awaitReady();
        cluster.instances()
                .forEach(instance -> Await.until(
                        instance + " has everything",
                        END_MAX,
                        () -> instance.get("/v1/barrier").statusCode() == 200));
        return cluster.instances().stream()
                .collect(Collectors.toMap(Instance::name, instance -> digest(instance.localQuery(DIGEST))));
    }

    private static String digest(HttpResponse<String> answer) {
        if (answer.statusCode() != 200 || !answer.body().contains("\"sha256\"")) {
            throw new AssertionError("not a digest: " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private Report report(LocalCluster cluster, List<KvClient> clients, Map<String, String> digests, long tookNanos) {
        Report report = new Report("languages").with("seed", seed).with("commands", commands);
        NAMES.forEach(name -> report.with("digest." + name, digests.getOrDefault(name, "")));
        long restores = 0;
        for (Instance instance : cluster.instances()) {
            long here = restores(instance);
            report.with("restoredFromSnapshot." + instance, here).failedIf(here == 0);
            restores += here;
        }
        long compared = clients.stream().mapToLong(KvClient::compared).sum();
        long refused = clients.stream().mapToLong(KvClient::refused).sum();
        return report.with("restoredFromSnapshot", restores)
                .with("refused", refused)
                .with("resultsComparedAcrossLanguages", compared)
                .with("appKills", appKills)
                .with("agentKills", agentKills)
                .with("disksEmptied", wipes)
                .with("violations", violations.count())
                .with("seconds", TimeUnit.NANOSECONDS.toSeconds(tookNanos))
                .failedIf(digests.values().stream().distinct().count() != 1)
                .failedIf(violations.count() > 0)
                .failedIf(compared == 0)
                .failedIf(refused == 0);
    }

    private static long restores(Instance instance) {
        return instance.app()
                .output()
                .lines()
                .filter(line -> line.contains("restored") && line.contains("snapshot at index"))
                .count();
    }
}
