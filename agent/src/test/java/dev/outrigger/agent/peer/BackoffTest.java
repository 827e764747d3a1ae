package dev.outrigger.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToTheLongestAndStartsOver() {
        Backoff backoff = new Backoff(50, 1000, new SplittableRandom(1));
        for (int full : new int[] {50, 100, 200, 400, 800, 1000, 1000}) {
            int wait = backoff.next();
            assertTrue(wait >= full / 2 && wait <= full, wait + " of " + full);
        }
        backoff.reset();
        assertTrue(backoff.next() <= 50);
    }

    @Test
    void scattersWaitsOverTheUpperHalf() {
        SplittableRandom random = new SplittableRandom(2);
        boolean[] seen = new boolean[101];
        for (int i = 0; i < 5_000; i++) {
            seen[new Backoff(100, 100, random).next()] = true;
        }
        int different = 0;
        for (boolean wait : seen) {
            different += wait ? 1 : 0;
        }
        assertEquals(51, different);
    }
}
