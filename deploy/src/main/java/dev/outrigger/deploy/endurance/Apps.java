package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Await;
import dev.outrigger.deploy.Child;
import dev.outrigger.deploy.Instance;
import dev.outrigger.deploy.LocalCluster;
import dev.outrigger.deploy.LocalCluster.AgentExtras;
import dev.outrigger.deploy.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * So many commands through sessions while everything that can fail beside an agent fails, and agents, leaders and clients
 * too. Of the three applications {@code a} and {@code c} keep their state and {@code b} does not; a proxy stands before
 * each, at the port that its agent knows.
 *
 * <p>Faults come in rounds, each kind at least once in each, in random order; after each fault some commands are let go, so
 * that both are mixed to the end. Then everything is healed, the cluster has to become ready and equal by itself, and the
 * applications' own files must hold every acknowledged command once, in the same order.
 */
final class Apps implements Scenario {
    private static final String VOLATILE_ONE = "b";
    /** Of this application the answers are read and spoiled; of the others the bytes. */
    private static final String READ_ONE = "c";

    private static final int CLIENTS = 6;
    private static final long COMMANDS_IN_A_ROUND = 100_000;
    private static final int RESERVE_PART = 10;

    private static final Duration STEP_MAX = Duration.ofSeconds(150);
    private static final Duration END_MAX = Duration.ofSeconds(180);
    private static final Duration QUIET_MAX = Duration.ofSeconds(120);
    /** An agent waits 10 s for an answer. */
    private static final Duration LONGER_THAN_A_CALL = Duration.ofMillis(11_500);

    private static final long STEP_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static final Set<Fault> ON_THE_WIRE = EnumSet.range(Fault.SLOW, Fault.GARBAGE);
    private static final Set<Fault> IN_ANSWERS = EnumSet.range(Fault.WRONG_INDEX, Fault.DELIVERED_TWICE);
    private static final Set<Fault> BY_CLIENTS = EnumSet.range(Fault.CLIENT_GAVE_UP, Fault.CLIENT_CONFLICTED);

    private final long commands;
    private final long seed;
    private final Random random;
    private final FaultCounts counts = new FaultCounts();
    private final Violations violations = new Violations();
    private final Allowance allowance = new Allowance();
    private long released;

    /** @param commands how many in all */
    Apps(long commands, long seed) {
        this.commands = commands;
        this.seed = seed;
        this.random = new Random(seed);
    }

    @Override
    public Report run(Path repository, Path directory) {
        Progress.say("seed " + seed);
        AgentExtras extras = new AgentExtras(List.of("-Xmx512m"), List.of("--snapshot-log=64KiB", "--log-tail=4KiB"));
        long startNanos = System.nanoTime();
        try (LocalCluster cluster =
                new LocalCluster(repository, directory, List.of("a", "b", "c"), Apps::application, extras)) {
            List<Hurt> hurts = cluster.instances().stream()
                    .map(each -> hurt(cluster, each))
                    .toList();
            try {
                cluster.start();
                cluster.awaitReady();
                List<Receipts> receipts = submitAndHurt(cluster, hurts);
                awaitQuiet(cluster);
                cluster.kill();
                return report(cluster, receipts, System.nanoTime() - startNanos);
            } finally {
                hurts.forEach(Hurt::close);
            }
        }
    }

    // ---- what is where ----

    private static List<String> application(Place place) {
        return JournalApp.command(realPort(place), journal(place), memory(place));
    }

    /** Where the application listens. Its agent calls the proxy, at the port that is meant for the application. */
    private static int realPort(Place place) {
        return place.webPort();
    }

    private static Path journal(Place place) {
        return place.directory().resolve("journal");
    }

    private static JournalApp.Memory memory(Place place) {
        return place.name().equals(VOLATILE_ONE) ? JournalApp.Memory.VOLATILE : JournalApp.Memory.DURABLE;
    }

    private Hurt hurt(LocalCluster cluster, Instance instance) {
        Place place = instance.place();
        AppProxy proxy = place.name().equals(READ_ONE)
                ? new AnswerProxy(place.appPort(), realPort(place), counts)
                : new WireProxy(place.appPort(), realPort(place), counts, LONGER_THAN_A_CALL);
        Child intruder = new Child(
                place.directory().resolve("intruder.log"),
                JournalApp.command(realPort(place), place.directory().resolve("intruder"), JournalApp.Memory.VOLATILE));
        return new Hurt(cluster, instance, proxy, intruder, journal(place), counts, random.nextLong());
    }

    // ---- commands and faults ----

    private List<Receipts> submitAndHurt(LocalCluster cluster, List<Hurt> hurts) {
        List<Receipts> receipts = IntStream.range(0, CLIENTS)
                .mapToObj(client -> new Receipts(client, violations))
                .toList();
        List<Thread> clients = receipts.stream()
                .map(each ->
                        new SessionClient(cluster.instances(), each, allowance, counts, violations, random.nextLong()))
                .map(client -> Background.start("client", client::run))
                .toList();
        try {
            hurt(hurts);
            spendReserve(hurts);
            hurts.forEach(Hurt::heal);
        } finally {
            release(commands - released);
            allowance.end();
        }
        Await.until("the clients end", END_MAX, () -> clients.stream().noneMatch(Thread::isAlive));
        return receipts;
    }

    private void hurt(List<Hurt> hurts) {
        long rounds = Math.max(1, commands / COMMANDS_IN_A_ROUND);
        for (int round = 1; round <= rounds; round++) {
            List<Order> orders = orders(hurts);
            for (int i = 0; i < orders.size(); i++) {
                orders.get(i).run();
                long total = commands - commands / RESERVE_PART;
                release(total * ((round - 1) * (long) orders.size() + i + 1) / (rounds * orders.size()) - released);
                awaitUsedUp();
                LockSupport.parkNanos(random.nextLong(STEP_PAUSE_NANOS));
            }
            Progress.say("round " + round + " of " + rounds + ": " + allowance.used() + " commands submitted");
        }
    }

    private record Order(Hurt victim, Fault fault) {
        void run() {
            victim.order(fault);
        }
    }

    /** Every kind once, where it can happen; what only one instance can suffer, there. */
    private List<Order> orders(List<Hurt> hurts) {
        List<Order> orders = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            if (!BY_CLIENTS.contains(fault)) {
                List<Hurt> able =
                        hurts.stream().filter(hurt -> canSuffer(hurt, fault)).toList();
                orders.add(new Order(able.get(random.nextInt(able.size())), fault));
            }
        }
        orders.add(new Order(named(hurts, READ_ONE), Fault.HALF_AN_ANSWER));
        orders.add(new Order(named(hurts, READ_ONE), Fault.SNAPSHOT_TAKEN));
        Collections.shuffle(orders, random);
        return orders;
    }

    private static Hurt named(List<Hurt> hurts, String name) {
        return hurts.stream()
                .filter(hurt -> hurt.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static boolean canSuffer(Hurt hurt, Fault fault) {
        boolean isVolatile = hurt.name().equals(VOLATILE_ONE);
        return switch (fault) {
            case APP_KILLED_DURABLE, APP_TORN, APP_REPLACED_BY_EMPTY -> !isVolatile;
            case APP_KILLED_EMPTY -> isVolatile;
            default ->
                IN_ANSWERS.contains(fault)
                        ? hurt.name().equals(READ_ONE)
                        : !ON_THE_WIRE.contains(fault) || !hurt.name().equals(READ_ONE);
        };
    }

    private void release(long count) {
        released += count;
        allowance.add(count);
    }

    private void awaitUsedUp() {
        Await.until("commands go on", STEP_MAX, allowance::isUsedUp);
    }

    /** What was ordered happens only while commands go on. */
    private void spendReserve(List<Hurt> hurts) {
        Progress.say("waiting for the last faults to happen");
        Await.until("every fault that was ordered happens", STEP_MAX, () -> {
            if (allowance.isUsedUp()) {
                release(Math.min((commands - released + 49) / 50, commands - released));
            }
            LockSupport.parkNanos(random.nextLong(STEP_PAUSE_NANOS));
            return hurts.stream().noneMatch(Hurt::isBusy);
        });
    }

    // ---- the end ----

    private void awaitQuiet(LocalCluster cluster) {
        Progress.say("healed: the cluster has to become ready and equal by itself");
        try {
            cluster.awaitReady();
            awaitEqual(cluster);
        } catch (AssertionError e) {
            violations.add(String.valueOf(e.getMessage())); // and what differs is still to be said
        }
    }

    private static void awaitEqual(LocalCluster cluster) {
        Await.until("equal files", QUIET_MAX, () -> {
            boolean caughtUp = cluster.instances().stream()
                    .allMatch(instance -> instance.get("/v1/barrier").statusCode() == 200);
            return caughtUp
                    && cluster.instances().stream()
                                    .map(instance -> size(journal(instance.place())))
                                    .distinct()
                                    .count()
                            == 1;
        });
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Report report(LocalCluster cluster, List<Receipts> receipts, long tookNanos) {
        JournalCheck check = new JournalCheck(receipts, violations);
        try {
            check.check(cluster.instances().stream()
                    .map(instance -> journal(instance.place()))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long acknowledged = receipts.stream().mapToLong(Receipts::acknowledged).sum();
        long unknown = receipts.stream().mapToLong(Receipts::unknown).sum();
        Report report = new Report("apps")
                .with("seed", seed)
                .with("commands", commands)
                .with("acknowledged", acknowledged)
                .with("unknown", unknown)
                .with("inFiles", check.commands())
                .with("duplicates", check.duplicates())
                .with("gaps", check.gaps())
                .with("outOfOrder", check.outOfOrder())
                .with("notAsAnswered", check.others())
                .with("restoredFromSnapshot", restores(cluster))
                .with("violations", violations.count())
                .with("seconds", TimeUnit.NANOSECONDS.toSeconds(tookNanos));
        Arrays.stream(Fault.values()).forEach(fault -> report.with("fault." + fault, counts.of(fault)));
        counts.missing().forEach(fault -> Progress.say("never happened: " + fault));
        return report.failedIf(violations.count() > 0)
                .failedIf(acknowledged + unknown != commands)
                .failedIf(acknowledged != check.commands() && unknown == 0)
                .failedIf(!counts.missing().isEmpty())
                .failedIf(restores(cluster) == 0);
    }

    private static long restores(LocalCluster cluster) {
        return cluster.instances().stream()
                .flatMap(instance -> instance.app().output().lines())
                .filter(line -> line.startsWith(JournalApp.RESTORED))
                .count();
    }
}
