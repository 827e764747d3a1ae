package dev.outrigger.agent.simulator.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.simulator.history.Finding.Conclusion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AppendOnceTest {
    private final History history = new History();

    @Nested
    class Accepts {
        @Test
        void nothingAtAll() {
            legal();
        }

        @Test
        void oneAfterTheOther() {
            history.ok(append("a"), at(1));
            history.ok(read(), saw("a"));
            history.ok(append("b"), at(2));
            history.ok(read(), saw("a", "b"));
            legal("a", "b");
        }

        @Test
        void concurrentAppendsInEitherOrder() {
            int one = append("a");
            int two = append("b");
            history.ok(one, at(2));
            history.ok(two, at(1));
            legal("b", "a");
        }

        @Test
        void aReadDuringAnAppendThatDoesNotSeeIt() {
            int one = append("a");
            history.ok(read(), saw());
            history.ok(read(), saw("a"));
            history.ok(read(), saw("a"));
            history.ok(one, at(1));
            legal("a");
        }

        @Test
        void anUnknownThatTookEffectLate() {
            history.unknown(append("a"));
            history.ok(append("b"), at(1));
            history.ok(read(), saw("b"));
            legal("b", "a");
        }

        @Test
        void anUnknownThatNeverTookEffect() {
            history.unknown(append("a"));
            append("c");
            history.ok(append("b"), at(1));
            legal("b");
        }

        @Test
        void anAppendThatWasCertainlyNotExecuted() {
            history.none(append("a"));
            legal();
        }

        @Test
        void readsThatWereNotAnswered() {
            history.none(read());
            history.unknown(read());
            legal();
        }

        @Test
        void otherListsAndRegisters() {
            history.ok(history.invoke(1, "other", new Call.Append("a")), at(1));
            history.ok(history.invoke(1, "register", Call.GET), new Result.Value("a"));
            history.ok(append("a"), at(1));
            assertEquals(
                    Finding.LEGAL,
                    AppendOnce.check(history.operations(), Map.of("k", List.of("a"), "other", List.of("a"))));
        }
    }

    @Nested
    class Refuses {
        @Test
        void aDuplicate() {
            history.ok(append("a"), at(1));
            illegal("twice", "a", "a");
        }

        @Test
        void aDuplicateOfAnUnknown() {
            history.unknown(append("a"));
            history.ok(append("b"), at(2));
            illegal("twice", "a", "b", "a");
        }

        @Test
        void aLostAppend() {
            history.ok(append("a"), at(1));
            illegal("not in the list");
        }

        @Test
        void aLostAppendInTheMiddle() {
            history.ok(append("a"), at(1));
            history.ok(append("b"), at(2));
            history.ok(append("c"), at(3));
            illegal("not in the list: #1", "a", "c");
        }

        @Test
        void whatWasCertainlyNotExecutedAndWas() {
            history.none(append("a"));
            illegal("certainly not executed", "a");
        }

        @Test
        void aValueThatNobodyAppended() {
            history.ok(append("a"), at(1));
            illegal("nobody appended", "a", "x");
        }

        @Test
        void aValueThatWasAppendedElsewhere() {
            history.ok(history.invoke(1, "other", new Call.Append("a")), at(1));
            illegal("nobody appended", "a");
        }

        @Test
        void appendsAgainstTime() {
            history.ok(append("a"), at(2));
            history.ok(append("b"), at(1));
            illegal("against time", "b", "a");
        }

        @Test
        void anUnknownThatTookEffectBeforeItWasInvoked() {
            history.ok(append("a"), at(2));
            history.unknown(append("b"));
            illegal("against time", "b", "a");
        }

        @Test
        void aLengthThatIsNotThePosition() {
            history.ok(append("a"), at(2));
            illegal("in the list at 1", "a");
        }

        @Test
        void aReadThatMissesAnEarlierAppend() {
            history.ok(append("a"), at(1));
            history.ok(read(), saw());
            illegal("against time", "a");
        }

        @Test
        void aReadOfWhatWasInvokedLater() {
            history.ok(read(), saw("a"));
            history.ok(append("a"), at(1));
            illegal("against time", "a");
        }

        @Test
        void readsThatGoBack() {
            int one = append("a");
            history.ok(read(), saw("a"));
            history.ok(read(), saw());
            history.ok(one, at(1));
            illegal("against time", "a");
        }

        @Test
        void aReadOfAnotherOrder() {
            int one = append("a");
            int two = append("b");
            history.ok(read(), saw("b", "a"));
            history.ok(one, at(1));
            history.ok(two, at(2));
            illegal("b read at 1", "a", "b");
        }

        @Test
        void aReadOfWhatTheListLostLater() {
            history.unknown(append("a"));
            history.ok(read(), saw("a"));
            illegal("more values");
        }
    }

    @Test
    void appendsOfTheSameValueAreTheCallersMistake() {
        append("a");
        append("a");
        assertThrows(IllegalArgumentException.class, AppendOnceTest.this::check);
    }

    private int append(String value) {
        return history.invoke(1, "k", new Call.Append(value));
    }

    private int read() {
        return history.invoke(2, "k", Call.READ_ALL);
    }

    private static Result at(int length) {
        return new Result.Length(length);
    }

    private static Result saw(String... values) {
        return new Result.Values(List.of(values));
    }

    private Finding check(String... list) {
        return AppendOnce.check(history.operations(), Map.of("k", List.of(list)));
    }

    private void legal(String... list) {
        assertEquals(Finding.LEGAL, check(list));
    }

    private void illegal(String told, String... list) {
        Finding finding = check(list);
        assertEquals(Conclusion.ILLEGAL, finding.conclusion());
        assertTrue(finding.explanation().startsWith("key k: "), finding.explanation());
        assertTrue(finding.explanation().contains(told), finding.explanation());
    }
}
