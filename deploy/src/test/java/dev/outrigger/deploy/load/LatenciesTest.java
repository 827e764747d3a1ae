package dev.outrigger.deploy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void nothingRecordedIsZero() {
        assertEquals(0, latencies.percentileNanos(50));
    }

    @Test
    void smallValuesAreExact() {
        for (int nanos = 1; nanos <= 100; nanos++) {
            latencies.record(nanos);
        }
        assertEquals(50, latencies.percentileNanos(50));
        assertEquals(99, latencies.percentileNanos(99));
        assertEquals(100, latencies.percentileNanos(100));
    }

    @Test
    void anyValueIsRoundedUpByOnePartIn64AtMost() {
        for (long nanos = 1; nanos < Long.MAX_VALUE / 3; nanos = nanos * 3 + 1) {
            Latencies one = new Latencies();
            one.record(nanos);
            long seen = one.percentileNanos(50);
            assertTrue(seen >= nanos && seen - nanos <= nanos / 64, nanos + " seen as " + seen);
        }
    }
}
