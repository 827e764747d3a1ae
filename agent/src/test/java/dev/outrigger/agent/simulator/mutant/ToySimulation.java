package dev.outrigger.agent.simulator.mutant;

import org.jspecify.annotations.Nullable;

/** Something to find it with. */
final class ToySimulation {
    private static int runs;

    private ToySimulation() {}

    /** Counts as often as the seed says, and looks whether the counter stays in its bounds. */
    public static @Nullable String run(long seed) {
        runs++;
        if (seed < 0) {
            throw new IllegalArgumentException("negative seed");
        }
        ToyCounter counter = new ToyCounter();
        for (long i = 0; i < seed; i++) {
            counter.add();
        }
        return counter.count() <= 10 ? null : "counted to " + counter.count();
    }

    static int runs() {
        return runs;
    }
}
