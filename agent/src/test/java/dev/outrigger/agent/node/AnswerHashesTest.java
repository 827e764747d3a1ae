package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AnswerHashesTest {
    private static final int STRETCH = AnswerHashes.STRETCH;
    private static final long SEED = 20261128;

    /** Every third index is no command. */
    private static void answer(AnswerHashes hashes, long first, long last, int flavour) {
        List<Entry> commands = new ArrayList<>();
        List<Result> results = new ArrayList<>();
        for (long index = first; index <= last; index++) {
            if (index % 3 != 0) {
                commands.add(new Entry(index, 1, Entry.Kind.COMMAND, 0, Payload.EMPTY));
                results.add(new Result(0, Payload.of(("answer " + index + " " + flavour).getBytes())));
            }
        }
        hashes.answered(commands, results);
        hashes.appliedIndex(last);
    }

    @Test
    void isTheSameHoweverTheLogIsCutAndWhereverItBegins() {
        AnswerHashes whole = new AnswerHashes();
        answer(whole, 1, 5000, 0);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 50; round++) {
            AnswerHashes other = new AnswerHashes();
            long begin = random.nextLong(4000);
            other.missed(begin);
            for (long next = begin + 1; next <= 5000; ) {
                long last = Math.min(5000, next + random.nextInt(200));
                answer(other, next, last, 0);
                next = last + 1;
            }
            assertEquals(5000, other.lastIndex());
            assertEquals(
                    other.open().hash(),
                    whole.hash(other.open().firstIndex(), other.open().lastIndex())
                            .orElseThrow(),
                    "seed " + SEED + " round " + round);
            other.stretches(64)
                    .forEach(stretch -> assertEquals(
                            stretch.hash(),
                            whole.hash(stretch.firstIndex(), stretch.lastIndex())
                                    .orElseThrow()));
            assertEquals(
                    4 - (begin + STRETCH - 1) / STRETCH, other.stretches(64).size());
        }
    }

    @Test
    void everyAnswerCounts() {
        AnswerHashes one = new AnswerHashes();
        AnswerHashes other = new AnswerHashes();
        answer(one, 1, 100, 0);
        answer(other, 1, 49, 0);
        answer(other, 50, 50, 1);
        answer(other, 51, 100, 0);
        assertEquals(one.hash(1, 49), other.hash(1, 49));
        assertNotEquals(one.hash(1, 50), other.hash(1, 50));
        assertNotEquals(one.hash(1, 100), other.hash(1, 100));
        assertEquals(one.hash(51, 100), other.hash(51, 100));
        List<Long> ours = one.answers(1, 100).hashes();
        List<Long> theirs = other.answers(1, 100).hashes();
        for (int i = 0; i < 100; i++) {
            assertEquals(i != 49, ours.get(i).equals(theirs.get(i)), "index " + (i + 1));
        }
    }

    @Test
    void codeAndDataAreToldApart() {
        assertNotEquals(hashOf(0, "x"), hashOf(1, "x"));
        assertNotEquals(hashOf(0, "x"), hashOf(0, "y"));
        assertNotEquals(hashOf(0, ""), hashOf(0, "\0"));
        assertNotEquals(hashOf(0, "12345678"), hashOf(0, "12345678\0"));
    }

    private static long hashOf(int code, String data) {
        AnswerHashes hashes = new AnswerHashes();
        hashes.answered(
                List.of(new Entry(1, 1, Entry.Kind.COMMAND, 0, Payload.EMPTY)),
                List.of(new Result(code, Payload.of(data.getBytes()))));
        return hashes.open().hash();
    }

    @Test
    void nothingIsKnownOfWhatWasLostAndOfWhatIsOverwritten() {
        AnswerHashes hashes = new AnswerHashes();
        answer(hashes, 1, 500, 0);
        hashes.missed(600);
        answer(hashes, 601, 3000, 0);
        assertTrue(hashes.hash(1, 500).isEmpty());
        assertTrue(hashes.hash(600, 700).isEmpty());
        assertFalse(hashes.hash(601, 700).isEmpty());
        assertEquals(1, hashes.stretches(64).size());
        long last = AnswerHashes.ANSWERS_KEPT + 3000;
        answer(hashes, 3001, last, 0);
        assertEquals(3001, hashes.firstIndex());
        assertTrue(hashes.hash(3000, 3000).isEmpty());
        assertFalse(hashes.hash(2 * STRETCH + 1, 3 * STRETCH).isEmpty(), "a whole stretch is known for longer");
    }

    @Test
    void anApplicationThatBeginsAgainIsFollowed() {
        AnswerHashes hashes = new AnswerHashes();
        answer(hashes, 1, 3000, 1);
        hashes.appliedIndex(1500);
        assertTrue(hashes.hash(STRETCH + 1, 2 * STRETCH).isEmpty());
        answer(hashes, 1501, 3000, 0);
        AnswerHashes straight = new AnswerHashes();
        answer(straight, 1, 3000, 0);
        assertEquals(straight.hash(1501, 2000), hashes.hash(1501, 2000));
        hashes.appliedIndex(0);
        answer(hashes, 1, 3000, 0);
        assertEquals(straight.stretches(64), hashes.stretches(64));
        assertEquals(straight.open(), hashes.open());
    }

    @Test
    void afterGoingBackNothingIsKnownThatWasOverwritten() {
        AnswerHashes hashes = new AnswerHashes();
        answer(hashes, 1, AnswerHashes.ANSWERS_KEPT + 1000, 0);
        hashes.appliedIndex(2000);
        assertTrue(hashes.firstIndex() > 1000, "overwritten: " + hashes.firstIndex());
    }
}
