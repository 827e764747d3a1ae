package dev.outrigger.agent.node;

import java.util.concurrent.TimeUnit;

/**
 * Spreads bytes over time, so that a large transfer leaves disk and network to what people wait for. Monotonic time; on one
 * thread.
 */
final class RateLimit {
    private final long bytesPerSecond;
    private long freeAtNanos;

    RateLimit(long bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.freeAtNanos = nowNanos;
    }

    /** Takes room for {@code bytes} and gives how long to wait before they go, in milliseconds, rounded down. */
    long delayMillis(long bytes, long nowNanos) {
        if (freeAtNanos - nowNanos < 0) {
            freeAtNanos = nowNanos;
        }
        long delayNanos = freeAtNanos - nowNanos;
        freeAtNanos += (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
        return TimeUnit.NANOSECONDS.toMillis(delayNanos);
    }
}
