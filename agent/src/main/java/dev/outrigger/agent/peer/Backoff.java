package dev.outrigger.agent.peer;

import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: doubled from failure to failure, and scattered. */
final class Backoff {
    private final int minMillis;
    private final int maxMillis;
    private final RandomGenerator random;
    private int nextMillis;

    Backoff(int minMillis, int maxMillis, RandomGenerator random) {
        this.minMillis = minMillis;
        this.maxMillis = maxMillis;
        this.random = random;
        this.nextMillis = minMillis;
    }

    /** From half of the wait that is due to all of it, so that peers that failed together do not come together. */
    int next() {
        int millis = nextMillis;
        nextMillis = (int) Math.min(maxMillis, 2L * millis);
        return millis - random.nextInt(millis / 2 + 1);
    }

    void reset() {
        nextMillis = minMillis;
    }
}
