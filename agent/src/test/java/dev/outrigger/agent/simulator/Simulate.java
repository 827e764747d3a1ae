package dev.outrigger.agent.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs seeds from the command line, on all cores.
 *
 * <pre>
 * --seeds N            this many (default 1000)
 * --seconds N          as many as fit
 * --first N            first seed (default 1)
 * --seed S [--trace]   this one; with every event
 * --seed S --min       the least of it that still fails, and what happens then
 * --seed S --without PAUSE,LOSS --skip 3,8-12 --clients 1 --operations 20 --voters 3 --spares 0 --chaos-millis 500
 *                      what such a reduction leaves of it; each may be left out
 * --mutants [N,N]      see that known mistakes are found, all or those named
 * </pre>
 *
 * A line for each failure and a summary in JSON as the last one go to standard output, progress to standard error. Exit
 * code 0 only when nothing failed.
 */
public final class Simulate {
    /** Every so many seeds one is run twice, and must be the same twice. */
    private static final int TWICE_EVERY = 50;

    private static final long MINIMISE_NANOS = 300_000_000_000L;
    private static final long MUTANT_SEEDS_MAX = 20_000;
    private static final int MUTANT_SEARCHES = 5;
    private static final long PROGRESS_NANOS = 10_000_000_000L;

    private final long first;
    private final long seeds;
    private final long untilNanos;
    private final Coverage coverage = new Coverage();
    private final List<Outcome> failures = new ArrayList<>();
    private final AtomicLong next;
    private long done;
    private long events;
    private long simulatedMicros;

    Simulate(long first, long seeds, long nanos) {
        this.first = first;
        this.seeds = seeds;
        this.untilNanos = System.nanoTime() + nanos;
        this.next = new AtomicLong(first);
    }

    public static void main(String[] arguments) throws InterruptedException {
        try {
            run(arguments);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println("cannot make sense of " + String.join(" ", arguments) + ": " + e.getMessage());
            System.exit(2);
        }
    }

    private static void run(String[] arguments) throws InterruptedException {
        @Nullable Long one = null;
        long seeds = 1000;
        long seconds = Integer.MAX_VALUE;
        long first = 1;
        boolean trace = false;
        boolean minimum = false;
        Reduction reduction = Reduction.NONE;
        @Nullable String mutants = null;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--seed" -> one = Long.parseLong(arguments[++i]);
                case "--seeds" -> seeds = Long.parseLong(arguments[++i]);
                case "--first" -> first = Long.parseLong(arguments[++i]);
                case "--seconds" -> {
                    seconds = Long.parseLong(arguments[++i]);
                    seeds = Long.MAX_VALUE / 2;
                }
                case "--trace" -> trace = true;
                case "--min" -> minimum = true;
                case "--without", "--skip", "--clients", "--operations", "--voters", "--spares", "--chaos-millis" ->
                    reduction = reduction.with(arguments[i], arguments[++i]);
                case "--mutants" ->
                    mutants = i + 1 < arguments.length && !arguments[i + 1].startsWith("--") ? arguments[++i] : "";
                default -> {
                    System.err.println("do not know " + arguments[i]);
                    System.exit(2);
                }
            }
        }
        if (mutants != null) {
            System.exit(mutants(mutants, first) ? 0 : 1);
        }
        if (one != null) {
            System.exit((minimum ? minimise(one) : replay(one, reduction, trace)) ? 0 : 1);
        }
        boolean passed = new Simulate(first, seeds, seconds * 1_000_000_000L).all();
        System.exit(passed ? 0 : 1);
    }

    /** Whether every known mistake is found, from several first seeds. */
    private static boolean mutants(String names, long first) throws InterruptedException {
        Set<String> chosen = names.isEmpty() ? Set.of() : new TreeSet<>(List.of(names.split(",")));
        MutantGate gate = new MutantGate(chosen, first, MUTANT_SEEDS_MAX, MUTANT_SEARCHES);
        boolean all = gate.run(System.out::println);
        System.out.println(gate.summary());
        return all;
    }

    /** One seed for a mutant: what went wrong, or null. */
    public static @Nullable String run(long seed) {
        return Simulation.run(seed).failure();
    }

    private static boolean replay(long seed, Reduction reduction, boolean trace) {
        Outcome outcome = Simulation.run(seed, reduction, trace ? System.out::println : null);
        System.out.println(line(outcome, reduction));
        return outcome.failure() == null;
    }

    /** Whether there is nothing to be made smaller. */
    private static boolean minimise(long seed) {
        Minimiser minimiser = new Minimiser(seed, MINIMISE_NANOS, System.err::println);
        if (minimiser.outcome().failure() == null) {
            System.out.println("seed=" + seed + " does not fail: there is nothing to be made smaller");
            return true;
        }
        Reduction least = minimiser.minimise();
        minimiser.steps().forEach(System.out::println);
        Simulation.run(seed, minimiser.whole().script(), least, event -> {
            if (isTelling(event)) {
                System.out.println(event);
            }
        });
        System.out.println(line(minimiser.outcome(), least));
        return false;
    }

    /** Faults, roles, logs and refusals tell what happens; messages and forces are too many. */
    static boolean isTelling(String event) {
        return !event.contains(" takes ") && !event.contains(" sends ") && !event.contains(" writes ");
    }

    static String line(Outcome outcome) {
        return line(outcome, Reduction.NONE);
    }

    static String line(Outcome outcome, Reduction reduction) {
        String what = outcome.failure() == null ? "passed" : outcome.failure();
        return "seed=" + outcome.seed() + " event=" + outcome.events() + " " + what
                + " — replay: agent/simulate.sh --seed " + outcome.seed() + reduction + " --trace";
    }

    /** The failures so far, a line for each. */
    synchronized List<String> failures() {
        return failures.stream().map(Simulate::line).toList();
    }

    /** Runs them all; true when none failed. */
    boolean all() throws InterruptedException {
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(this::work, "seeds-" + i);
            thread.start();
            threads.add(thread);
        }
        long reported = begin;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                thread.join(1000);
                if (System.nanoTime() - reported > PROGRESS_NANOS) {
                    reported = System.nanoTime();
                    System.err.println(progress(begin));
                }
            }
        }
        System.out.println(summary(begin));
        List<String> complaints = coverage.complaints();
        complaints.forEach(System.out::println);
        return failures.isEmpty() && complaints.isEmpty();
    }

    private void work() {
        while (System.nanoTime() < untilNanos) {
            long seed = next.getAndIncrement();
            if (seed >= first + seeds) {
                return;
            }
            Outcome outcome = Simulation.run(seed);
            record(outcome);
            if (seed % TWICE_EVERY == 0) {
                Outcome again = Simulation.run(seed);
                if (again.hash() != outcome.hash() || again.events() != outcome.events()) {
                    record(new Outcome(seed, "two runs of one seed differ", again.events(), 0, 0, again.coverage()));
                }
            }
        }
    }

    private synchronized void record(Outcome outcome) {
        done++;
        events += outcome.events();
        simulatedMicros += outcome.simulatedMicros();
        coverage.add(outcome.coverage());
        if (outcome.failure() != null) {
            failures.add(outcome);
            System.out.println(line(outcome));
        }
    }

    private synchronized String progress(long begin) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        return String.format(
                Locale.ROOT,
                "%d seeds, %d failures, %.0f seeds/hour, %.0f events/s",
                done,
                failures.size(),
                done / seconds * 3600,
                events / seconds);
    }

    private synchronized String summary(long begin) {
        double hours = (System.nanoTime() - begin) / 3.6e12;
        StringBuilder missed = new StringBuilder();
        coverage.missed()
                .forEach(cell -> missed.append(missed.length() == 0 ? "" : ",")
                        .append('"')
                        .append(cell)
                        .append('"'));
        return String.format(
                Locale.ROOT,
                "{\"seeds\":%d,\"failures\":%d,\"seedsPerHour\":%.0f,\"clusterHours\":%.2f,%s,\"coverageMissed\":[%s]}",
                done,
                failures.size(),
                done / hours,
                simulatedMicros / 3.6e9,
                coverage.figures(),
                missed);
    }
}
