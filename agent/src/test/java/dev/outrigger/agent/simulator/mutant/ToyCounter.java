package dev.outrigger.agent.simulator.mutant;

/** Something to put a bug into. */
final class ToyCounter {
    private final Limit limit = new Limit();
    private int count;

    void add() {
        count = limit.hold(count + 1);
    }

    int count() {
        return count;
    }

    private static final class Limit {
        int hold(int value) {
            return Math.min(value, 10);
        }
    }
}
