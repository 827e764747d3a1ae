package dev.outrigger.agent.simulator.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.simulator.history.Finding.Conclusion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
    private final History history = new History();

    @Nested
    class Accepts {
        @Test
        void nothingAtAll() {
            legal();
        }

        @Test
        void oneAfterTheOther() {
            history.ok(put("a"), was(null));
            history.ok(get(), was("a"));
            history.ok(put("b"), was("a"));
            history.ok(cas("b", "c"), Result.SWAPPED);
            history.ok(cas("b", "d"), was("c"));
            history.ok(put(null), was("c"));
            history.ok(get(), was(null));
            legal();
        }

        @Test
        void aReadDuringAWriteThatSeesEitherValue() {
            int write = put("a");
            history.ok(get(), was(null));
            history.ok(get(), was("a"));
            history.ok(write, was(null));
            legal();
        }

        @Test
        void concurrentWritesInAnyOrderTheResultsTell() {
            int one = put("a");
            int two = put("b");
            int three = put("c");
            history.ok(one, was("c"));
            history.ok(two, was(null));
            history.ok(three, was("b"));
            history.ok(get(), was("a"));
            legal();
        }

        @Test
        void severalOrdersThatAreAllLegal() {
            int one = put("a");
            int two = get();
            int three = get();
            history.ok(two, was(null));
            history.ok(one, was(null));
            history.ok(three, was("a"));
            legal();
        }

        /** The first way to order these ends nowhere: two writes find "a", and the second of them must wait for the third. */
        @Test
        void whatNeedsASecondTry() {
            history.ok(put("a"), was(null));
            int one = put("a");
            int two = put("b");
            int three = put("c");
            history.ok(two, was("a"));
            history.ok(three, was("a"));
            history.ok(one, was("b"));
            history.ok(get(), was("c"));
            legal();
        }

        @Test
        void aWriteOfUnknownOutcomeThatTookEffectLate() {
            history.unknown(put("a"));
            history.ok(put("b"), was(null));
            history.ok(get(), was("b"));
            history.ok(get(), was("a"));
            legal();
        }

        @Test
        void aWriteOfUnknownOutcomeThatNeverTookEffect() {
            history.unknown(put("a"));
            history.ok(put("b"), was(null));
            history.ok(get(), was("b"));
            legal();
        }

        @Test
        void aWriteThatNeverReturned() {
            put("a");
            history.ok(get(), was(null));
            history.ok(get(), was("a"));
            legal();
        }

        @Test
        void twoUnknownsInARow() {
            history.unknown(cas("a", "b"));
            history.unknown(put("a"));
            history.ok(get(), was("b"));
            legal();
        }

        @Test
        void twoUnknownsThatDoTheSame() {
            history.unknown(put("a"));
            history.unknown(put("a"));
            history.ok(put("b"), was("a"));
            history.ok(put("c"), was("b"));
            history.ok(get(), was("a"));
            legal();
        }

        @Test
        void aCasOfUnknownOutcomeThatFoundSomethingElse() {
            history.ok(put("a"), was(null));
            history.unknown(cas("x", "b"));
            history.ok(get(), was("a"));
            legal();
        }

        @Test
        void aWriteThatWasCertainlyNotExecuted() {
            history.none(put("a"));
            history.ok(get(), was(null));
            legal();
        }

        @Test
        void otherKeys() {
            history.ok(history.invoke(1, "one", new Call.Put("a")), was(null));
            history.ok(history.invoke(1, "two", Call.GET), was(null));
            legal();
        }

        @Test
        void listsWithoutALook() {
            history.ok(history.invoke(1, "list", new Call.Append("a")), new Result.Length(7));
            legal();
        }
    }

    @Nested
    class Refuses {
        @Test
        void aStaleRead() {
            history.ok(put("a"), was(null));
            history.ok(put("b"), was("a"));
            history.ok(get(), was("a"));
            illegal("put(b) -> a", "which leaves b", "get -> a");
        }

        @Test
        void twoReadsThatGoBack() {
            history.ok(put("a"), was(null));
            int write = put("b");
            history.ok(get(), was("b"));
            history.ok(get(), was("a"));
            history.ok(write, was("a"));
            illegal("get -> a");
        }

        @Test
        void aLostUpdate() {
            history.ok(put("a"), was(null));
            int one = put("b");
            int two = put("c");
            history.ok(one, was("a"));
            history.ok(two, was("a"));
            illegal("put(b) -> a", "put(c) -> a");
        }

        @Test
        void anAcknowledgedWriteThatIsGone() {
            history.ok(put("a"), was(null));
            history.ok(get(), was(null));
            illegal();
        }

        @Test
        void twoCasThatBothSwapped() {
            history.ok(put("a"), was(null));
            int one = cas("a", "b");
            int two = cas("a", "c");
            history.ok(one, Result.SWAPPED);
            history.ok(two, Result.SWAPPED);
            illegal("cas(a, b) -> swapped");
        }

        @Test
        void aCasThatFoundWhatItExpectedAndDidNotSwap() {
            history.ok(put("a"), was(null));
            history.ok(cas("a", "b"), was("a"));
            illegal();
        }

        @Test
        void aCasThatFoundWhatWasLongOverwritten() {
            history.ok(put("a"), was(null));
            history.ok(put("b"), was("a"));
            history.ok(cas("c", "d"), was("a"));
            illegal();
        }

        @Test
        void aValueNeverWritten() {
            history.ok(put("a"), was(null));
            history.ok(get(), was("b"));
            illegal("get -> b");
        }

        @Test
        void aValueReadBeforeItWasWritten() {
            history.ok(get(), was("a"));
            history.ok(put("a"), was(null));
            illegal();
        }

        @Test
        void whatWasCertainlyNotExecutedAndWas() {
            history.none(put("a"));
            history.ok(get(), was("a"));
            illegal();
        }

        @Test
        void anUnknownThatTookEffectTwice() {
            history.unknown(put("a"));
            history.ok(put("b"), was("a"));
            history.ok(put("c"), was("b"));
            history.ok(get(), was("a"));
            illegal();
        }

        @Test
        void anUnknownThatTookEffectBeforeItWasInvoked() {
            history.ok(get(), was("a"));
            history.unknown(put("a"));
            illegal();
        }

        @Test
        void aReorderThatRealTimeForbids() {
            int one = put("a");
            history.ok(one, was("b"));
            history.ok(put("b"), was(null));
            illegal();
        }

        @Test
        void andNamesTheKey() {
            history.ok(history.invoke(1, "fine", new Call.Put("a")), was(null));
            history.ok(history.invoke(1, "broken", Call.GET), was("a"));
            illegal("key broken");
        }
    }

    @Test
    void saysSoWhenItGivesUp() {
        maze();
        Finding finding = Linearizability.check(history.operations(), 1000);
        assertEquals(Conclusion.INCONCLUSIVE, finding.conclusion());
        assertTrue(finding.explanation().contains("gave up"), finding.explanation());
    }

    @Test
    void findingsOutrankGivingUp() {
        maze();
        history.ok(history.invoke(1, "z", Call.GET), was("a"));
        Finding finding = Linearizability.check(history.operations(), 1000);
        assertEquals(Conclusion.ILLEGAL, finding.conclusion());
    }

    @Test
    void operationsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> history.ok(get(), Result.SWAPPED));
        assertThrows(IllegalArgumentException.class, () -> history.ok(put("a"), new Result.Length(1)));
        int get = get();
        history.unknown(get);
        assertThrows(IllegalStateException.class, () -> history.none(get));
    }

    /** Concurrent writes of the same few values, of which too many find the same one: no way out, and many to try. */
    private void maze() {
        history.ok(put("v0"), was(null));
        int[] operations = new int[40];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = put("v" + i % 5);
        }
        for (int i = 0; i < operations.length; i++) {
            history.ok(operations[i], was("v" + i * 7 % 11 % 5));
        }
    }

    private int put(@Nullable String value) {
        return history.invoke(1, "k", new Call.Put(value));
    }

    private int get() {
        return history.invoke(2, "k", Call.GET);
    }

    private int cas(String expected, String value) {
        return history.invoke(3, "k", new Call.Cas(expected, value));
    }

    private static Result was(@Nullable String value) {
        return new Result.Value(value);
    }

    private void legal() {
        assertEquals(Finding.LEGAL, Linearizability.check(history.operations()));
    }

    private void illegal(String... told) {
        Finding finding = Linearizability.check(history.operations());
        assertEquals(Conclusion.ILLEGAL, finding.conclusion(), finding.explanation());
        for (String part : told) {
            assertTrue(finding.explanation().contains(part), finding.explanation());
        }
    }
}
