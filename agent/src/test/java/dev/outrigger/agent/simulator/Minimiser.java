package dev.outrigger.agent.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the least of a failing seed that still fails with the same invariant: kinds of faults are switched off one by
 * one, then injections are left out in halves, quarters and so on down to single ones, then sizes are made smaller, and all
 * that again until nothing helps any more or the time is up. Since whatever is left out changes all that comes after it,
 * what cannot be left out alone can perhaps be left out with something else: that is tried by chance, a number of times. A
 * life ends at its first failure, so what would come later is left out for nothing.
 */
final class Minimiser {
    private static final int CHANCES = 150;
    private static final long PROGRESS_NANOS = 5_000_000_000L;

    private final long seed;
    private final long untilNanos;
    private final Consumer<String> progress;
    private final List<String> steps = new ArrayList<>();
    private final Recording whole;
    private final SplittableRandom random;
    private Reduction best = Reduction.NONE;
    private Outcome outcome;
    private int tries;
    private long reportedNanos = System.nanoTime();

    /**
     * Runs the seed once.
     *
     * @param nanos it may take no longer than about this, whatever it has reached
     * @param progress is told a line now and then
     */
    Minimiser(long seed, long nanos, Consumer<String> progress) {
        this.seed = seed;
        this.untilNanos = System.nanoTime() + nanos;
        this.progress = progress;
        this.whole = Simulation.record(seed);
        this.random = new SplittableRandom(seed);
        this.outcome = whole.outcome();
    }

    /** The whole life of the seed. */
    Recording whole() {
        return whole;
    }

    /** How the least one ended that was found so far. */
    Outcome outcome() {
        return outcome;
    }

    /** How many injections are left. */
    int injections() {
        return kept().size();
    }

    /** What each step has reached, a line for each. */
    List<String> steps() {
        return steps;
    }

    /** Looks for the least, once; of a seed that does not fail it is the whole. */
    Reduction minimise() {
        if (outcome.failure() == null) {
            return best;
        }
        told("whole");
        Reduction before;
        do {
            before = best;
            kinds();
            told("kinds of faults");
            injectionsOut();
            told("injections");
            sizes();
            told("sizes");
            if (best.equals(before)) {
                byChance();
                told("chance");
            }
        } while (!best.equals(before) && hasTime());
        return best;
    }

    /** Which invariant was broken: the text before the first colon. */
    static @Nullable String invariant(@Nullable String failure) {
        return failure == null ? null : failure.split(":", 2)[0];
    }

    // ---- steps ----

    private void kinds() {
        if (whole.swarm().guided) {
            without(Reduction.GUIDED);
        }
        without(Reduction.ENDING);
        for (FaultKind kind : FaultKind.values()) {
            if (whole.swarm().isOn(kind)) {
                without(kind.name());
            }
        }
    }

    private void without(String kind) {
        if (!best.without().contains(kind)) {
            attempt(best.without(kind));
        }
    }

    private void injectionsOut() {
        List<Integer> kept = kept();
        int size = kept.size();
        while (size > 0 && hasTime()) {
            boolean smaller = false;
            int from = 0;
            while (from < kept.size() && hasTime()) {
                List<Integer> part = kept.subList(from, Math.min(from + size, kept.size()));
                if (attempt(best.skipping(part))) {
                    kept = kept();
                    smaller = true;
                } else {
                    from += size;
                }
            }
            size = size == 1 && smaller ? 1 : size / 2;
        }
    }

    private void sizes() {
        Swarm swarm = whole.swarm();
        least(1, Math.min(best.clients(), swarm.clients), most -> best.clients(most));
        least(1, Math.min(best.operations(), whole.operations()), most -> best.operations(most));
        least(0, Math.min(best.spares(), swarm.spares), most -> best.spares(most));
        least(1, Math.min(best.voters(), swarm.voters), most -> best.voters(most));
        int chaosMillis = (int) Math.min(best.chaosMillis(), swarm.chaosMicros / 1000);
        if (outcome.simulatedMicros() > swarm.warmUpMicros + 1000L * chaosMillis) {
            least(0, chaosMillis, most -> best.chaosMillis(most));
        }
    }

    /** Leaves out a random share of what is left, until that helps. */
    private void byChance() {
        Reduction before = best;
        for (int i = 0; i < CHANCES && best.equals(before) && injections() > 1; i++) {
            double share = random.nextDouble();
            List<Integer> out = new ArrayList<>(kept());
            out.removeIf(number -> random.nextDouble() > share);
            if (!out.isEmpty()) {
                int clients = Math.min(best.clients(), whole.swarm().clients);
                attempt(best.skipping(out).clients(1 + random.nextInt(clients)));
            }
        }
    }

    /** Tries the smallest first, and then ever smaller steps. */
    private void least(int floor, int current, IntFunction<Reduction> candidate) {
        int value = current;
        int step = value - floor;
        while (step > 0 && hasTime()) {
            if (attempt(candidate.apply(value - step))) {
                value -= step;
            } else {
                step /= 2;
            }
            step = Math.min(step, value - floor);
        }
    }

    // ---- candidates ----

    private boolean hasTime() {
        return System.nanoTime() < untilNanos;
    }

    /** Takes over what still fails, with fewer injections or without taking longer. */
    private boolean attempt(Reduction candidate) {
        if (!hasTime()) {
            return false;
        }
        tries++;
        Outcome ended = Simulation.run(seed, whole.script(), candidate, null);
        String wanted = invariant(outcome.failure());
        Reduction taken = withoutLater(candidate, ended.simulatedMicros());
        boolean smaller = taken.skip().size() > best.skip().size() || ended.events() <= outcome.events();
        boolean better = wanted != null && wanted.equals(invariant(ended.failure())) && smaller;
        if (better) {
            outcome = ended;
            best = taken;
        }
        if (System.nanoTime() - reportedNanos > PROGRESS_NANOS) {
            reportedNanos = System.nanoTime();
            progress.accept(state());
        }
        return better;
    }

    /** Leaves out what never happens since it fails before. */
    private Reduction withoutLater(Reduction candidate, long failedMicros) {
        List<Integer> later = new ArrayList<>();
        for (int number = 1; number <= whole.script().size(); number++) {
            Script.Injection injection = whole.script().get(number);
            if (injection.atMicros() > failedMicros || candidate.isOff(injection.kind())) {
                later.add(number);
            }
        }
        return candidate.skipping(later);
    }

    private List<Integer> kept() {
        List<Integer> kept = new ArrayList<>();
        for (int number = 1; number <= whole.script().size(); number++) {
            if (!best.skip().contains(number)) {
                kept.add(number);
            }
        }
        return kept;
    }

    private void told(String step) {
        String line = step + ": " + state();
        steps.add(line);
        progress.accept(line);
    }

    private String state() {
        return String.format(
                Locale.ROOT,
                "%d injections, %d events, %.1f s of virtual time, after %d tries",
                injections(),
                outcome.events(),
                outcome.simulatedMicros() / 1e6,
                tries);
    }
}
