package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long START = Long.MAX_VALUE - 5; // nanoTime may wrap

    private final RateLimit limit = new RateLimit(1000, START);

    @Test
    void bytesWaitForThoseBeforeThem() {
        assertEquals(0, limit.delayMillis(500, START));
        assertEquals(500, limit.delayMillis(250, START));
        assertEquals(750, limit.delayMillis(1, START));
    }

    @Test
    void timeThatPassedUnusedIsNotSavedUp() {
        limit.delayMillis(100, START);
        long later = START + TimeUnit.SECONDS.toNanos(60);
        assertEquals(0, limit.delayMillis(2000, later));
        assertEquals(2000, limit.delayMillis(1, later));
    }
}
