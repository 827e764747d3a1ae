package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The runs against a plain list of every entry's term. */
class TermRunsTest {
    @Test
    void refusesATermThatGoesBack() {
        TermRuns runs = new TermRuns(List.of());
        runs.append(1, 2);
        assertThrows(InvariantViolation.class, () -> runs.append(2, 1));
    }

    @Test
    void knowsNothingBeforeItsFirstRun() {
        TermRuns runs = new TermRuns(List.of());
        assertThrows(InvariantViolation.class, () -> runs.termAt(1));
        runs.append(5, 2);
        assertThrows(InvariantViolation.class, () -> runs.termAt(4));
    }

    @Test
    void behavesLikeAListOfTerms() {
        for (long seed = 0; seed < 300; seed++) {
            check(new Random(seed), "seed " + seed);
        }
    }

    private static void check(Random random, String seed) {
        List<Long> terms = new ArrayList<>();
        TermRuns runs = new TermRuns(List.of());
        long term = 1;
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(8) == 0 && !terms.isEmpty()) {
                int index = 1 + random.nextInt(terms.size() + 1);
                runs.truncateFrom(index);
                terms.subList(index - 1, terms.size()).clear();
                term = terms.isEmpty() ? 1 : terms.get(terms.size() - 1);
            } else {
                term += random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
                terms.add(term);
                runs.append(terms.size(), term);
            }
            compare(terms, runs, random, seed);
        }
        compare(terms, new TermRuns(runs.runs()), random, seed);
    }

    private static void compare(List<Long> terms, TermRuns runs, Random random, String seed) {
        if (terms.isEmpty()) {
            assertEquals(List.of(), runs.runs(), seed);
            return;
        }
        int index = 1 + random.nextInt(terms.size());
        assertEquals(terms.get(index - 1), runs.termAt(index), seed);
        long bound = random.nextInt((int) (terms.get(terms.size() - 1) + 2));
        assertEquals(slowLast(terms, index, bound), runs.lastIndexWithTermAtMost(index, bound), seed);
    }

    private static long slowLast(List<Long> terms, int index, long term) {
        int candidate = index;
        while (candidate > 0 && terms.get(candidate - 1) > term) {
            candidate--;
        }
        return candidate;
    }
}
