package dev.outrigger.agent.core.quorum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The arithmetic against slow and obvious versions of it: over all small inputs, and over random larger ones. */
class MajorityTest {
    private static final int SMALL = 5;

    @Test
    void needsVoters() {
        assertThrows(IllegalArgumentException.class, () -> new Majority<>(List.<Integer>of()));
    }

    @Test
    void twoMajoritiesAlwaysMeet() {
        for (int size = 1; size <= 99; size++) {
            int threshold = new Majority<>(voters(size)).threshold();
            assertEquals(size / 2 + 1, threshold);
            assertEquals(true, 2 * threshold > size, "of " + size);
        }
    }

    @Test
    void reachedIsTheHighestValueThatAMajorityHas() {
        for (int size = 1; size <= SMALL; size++) {
            for (List<Integer> values : allLists(size, SMALL)) {
                assertEquals(slowReached(values), reached(values), () -> "of " + values);
            }
        }
    }

    @Test
    void reachedHoldsForRandomClusters() {
        for (long seed = 0; seed < 10_000; seed++) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(30);
            List<Integer> values = IntStream.range(0, size)
                    .map(voter -> random.nextInt(20))
                    .boxed()
                    .toList();
            assertEquals(slowReached(values), reached(values), "of " + values + ", seed " + seed);
        }
    }

    @Test
    void voteIsWonLostOrOpenAsEveryWayToEndItSays() {
        for (int size = 1; size <= SMALL; size++) {
            for (List<Integer> votes : allLists(size, 3)) {
                assertEquals(
                        slowResult(votes), new Majority<>(voters(size)).result(answers(votes)), () -> "of " + votes);
            }
        }
    }

    @Test
    void answersOfStrangersDoNotCount() {
        Majority<Integer> majority = new Majority<>(voters(3));
        assertEquals(VoteResult.PENDING, majority.result(Map.of(0, true, 7, true, 8, true)));
        assertEquals(VoteResult.PENDING, majority.result(Map.of(0, false, 7, false, 8, false)));
    }

    // ---- slow and obvious ----

    /** Tries every value, from the highest. */
    private static long slowReached(List<Integer> values) {
        for (int value = 100; value >= 0; value--) {
            int having = 0;
            for (int have : values) {
                having += have >= value ? 1 : 0;
            }
            if (having * 2 > values.size()) {
                return value;
            }
        }
        return 0;
    }

    /** Lets the open votes (2) end in every way there is. */
    private static VoteResult slowResult(List<Integer> votes) {
        int open = votes.indexOf(2);
        if (open < 0) {
            long yes = votes.stream().filter(vote -> vote == 1).count();
            return yes * 2 > votes.size() ? VoteResult.WON : VoteResult.LOST;
        }
        List<Integer> ending = new ArrayList<>(votes);
        ending.set(open, 0);
        VoteResult ifNo = slowResult(ending);
        ending.set(open, 1);
        return ifNo == slowResult(ending) ? ifNo : VoteResult.PENDING;
    }

    // ---- inputs ----

    private static long reached(List<Integer> values) {
        return new Majority<>(voters(values.size())).reached(values::get);
    }

    private static List<Integer> voters(int size) {
        return IntStream.range(0, size).boxed().toList();
    }

    private static Map<Integer, Boolean> answers(List<Integer> votes) {
        Map<Integer, Boolean> answers = new TreeMap<>();
        for (int voter = 0; voter < votes.size(); voter++) {
            if (votes.get(voter) != 2) {
                answers.put(voter, votes.get(voter) == 1);
            }
        }
        return answers;
    }

    /** All lists of {@code size} numbers below {@code bound}. */
    private static List<List<Integer>> allLists(int size, int bound) {
        List<List<Integer>> lists = List.of(List.of());
        for (int i = 0; i < size; i++) {
            lists = lists.stream()
                    .flatMap(list -> IntStream.range(0, bound).mapToObj(value -> with(list, value)))
                    .toList();
        }
        return lists;
    }

    private static List<Integer> with(List<Integer> list, int value) {
        List<Integer> longer = new ArrayList<>(list);
        longer.add(value);
        return longer;
    }
}
