package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random lives of random clusters. A failure tells the seed and how to live through it again; {@code -Dseeds=100000} runs
 * more of them, and {@code -Dfirst.seed=5000} others.
 */
class RandomClusterTest {
    private static final long FIRST = Long.getLong("first.seed", 0);
    private static final long SEEDS = Long.getLong("seeds", 2000);

    @Test
    void keepsItsPromisesUnderFaultsAndRecoversFromThem() {
        Long seed = Long.getLong("seed");
        LongStream seeds = seed == null ? LongStream.range(FIRST, FIRST + SEEDS) : LongStream.of(seed);
        seeds.forEach(RandomClusterTest::live);
    }

    @Test
    void theSameSeedIsTheSameLife() {
        for (long seed = FIRST; seed < FIRST + 20; seed++) {
            assertEquals(live(seed), live(seed), "seed " + seed);
        }
    }

    private static long live(long seed) {
        try {
            return new RandomCluster(seed).live();
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "seed " + seed + ": " + failure.getMessage()
                            + "\nAgain: mvn test -pl agent -Dtest=RandomClusterTest" + " -Dseed=" + seed,
                    failure);
        }
    }
}
