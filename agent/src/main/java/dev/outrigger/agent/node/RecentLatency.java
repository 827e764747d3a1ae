package dev.outrigger.agent.node;

import java.util.Arrays;
import java.util.Optional;

/** The latest durations of something, for a percentile that people look at. Not thread-safe. */
final class RecentLatency {
    private static final int KEPT = 1024;

    private final long[] nanos = new long[KEPT];
    private long count;

    void record(long durationNanos) {
        nanos[(int) (count++ % KEPT)] = durationNanos;
    }

    /** 99th percentile of the latest 1024 in microseconds; empty before the first. */
    Optional<Long> p99Micros() {
        if (count == 0) {
            return Optional.empty();
        }
        long[] sorted = Arrays.copyOf(nanos, (int) Math.min(count, KEPT));
        Arrays.sort(sorted);
        return Optional.of(sorted[(int) Math.ceil(sorted.length * 0.99) - 1] / 1000);
    }
}
