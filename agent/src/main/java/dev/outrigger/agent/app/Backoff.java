package dev.outrigger.agent.app;

import java.time.Duration;

/** How long to wait before the next attempt: hardly at first, then longer each time, up to a bound. */
final class Backoff {
    private final long minMillis;
    private final long maxMillis;
    private long nextMillis = 1;

    Backoff(Duration min, Duration max) {
        this.minMillis = min.toMillis();
        this.maxMillis = max.toMillis();
    }

    long nextMillis() {
        long wait = nextMillis;
        nextMillis = Math.min(maxMillis, Math.max(minMillis, 2 * nextMillis));
        return wait;
    }

    void reset() {
        nextMillis = 1;
    }
}
