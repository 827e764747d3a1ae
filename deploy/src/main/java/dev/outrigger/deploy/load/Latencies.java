package dev.outrigger.deploy.load;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts durations in buckets that grow with their values, so that a percentile is exact to one part in 64. For many threads. */
public final class Latencies {
    private static final int BITS = 6;
    private static final int STEPS = 1 << BITS;

    private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE * STEPS);

    public void record(long nanos) {
        counts.incrementAndGet(bucket(Math.max(nanos, 0)));
    }

    /** The smallest duration that {@code percent} of all do not exceed, in nanoseconds; 0 when there are none. */
    public long percentileNanos(double percent) {
        long total = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
        }
        long wanted = (long) Math.ceil(total * percent / 100);
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= wanted && seen > 0) {
                return highest(i);
            }
        }
        return 0;
    }

    /** Below 2^BITS every value has its bucket; above, the highest BITS bits below the first name the bucket. */
    private static int bucket(long nanos) {
        int shift = Math.max(0, Long.SIZE - BITS - 1 - Long.numberOfLeadingZeros(nanos));
        return shift * STEPS + (int) (nanos >>> shift);
    }

    private static long highest(int bucket) {
        int shift = Math.max(0, bucket / STEPS - 1);
        long step = bucket - (long) shift * STEPS;
        return ((step + 1) << shift) - 1;
    }
}
