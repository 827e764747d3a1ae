package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second answer that is not the first one does not pass. */
class ReceiptsTest {
    private static final int REFUSED = 7;

    private final Violations violations = new Violations();
    private final Receipts receipts = new Receipts(0, violations);

    @BeforeEach
    void answerOne() {
        receipts.submit(10_000);
        receipts.applied(0, result(5, 0, "3"));
    }

    @Test
    void acceptsTheSameAnswerWithAndWithoutItsResult() {
        receipts.applied(0, result(5, 0, "3"));
        receipts.applied(0, 5);
        receipts.applied(1, 6);
        receipts.applied(1, result(6, 0, "4"));
        receipts.applied(REFUSED, result(7, JournalApp.REFUSED, "5"));
        assertEquals(List.of(), violations.first());
        assertEquals(3, receipts.acknowledged());
        assertTrue(receipts.isSettled(REFUSED));
        assertFalse(receipts.isSettled(9_999));
    }

    @Test
    void findsAnotherIndex() {
        receipts.applied(0, result(6, 0, "3"));
        assertEquals(1, violations.count());
    }

    @Test
    void findsAnotherIndexWithoutAResult() {
        receipts.applied(0, 6);
        assertEquals(1, violations.count());
    }

    @Test
    void findsAnotherResult() {
        receipts.applied(0, result(5, 0, "4"));
        assertEquals(1, violations.count());
    }

    @Test
    void findsAnotherCode() {
        receipts.applied(0, result(5, JournalApp.REFUSED, "3"));
        receipts.applied(REFUSED, result(6, 0, "4"));
        assertEquals(2, violations.count());
    }

    @Test
    void whatIsGivenUpIsUnknownUntilAnAnswerComes() {
        receipts.lost(1);
        receipts.lost(2);
        receipts.applied(2, 9);
        assertEquals(1, receipts.unknown());
        assertTrue(receipts.isSettled(1));
    }

    @Test
    void readsABatchsAnswer() {
        List<Answer> answers = Answer.ofBatch("{\"results\":[{\"index\":5,\"term\":1,\"code\":0,\"data\":\"Mw==\"},"
                + "{\"problem\":{\"title\":\"\\u0041 \\\"b\\\"\",\"status\":410,\"code\":\"RESULT_DROPPED\","
                + "\"outcome\":\"applied\",\"index\":6,\"leader\":null}}]}");
        assertEquals("3", new String(((Answer.Applied) answers.get(0)).data(), StandardCharsets.US_ASCII));
        assertEquals(new Answer.Failed("RESULT_DROPPED", "applied", 6), answers.get(1));
    }

    private static Answer.Applied result(long index, int code, String data) {
        return new Answer.Applied(index, code, data.getBytes(StandardCharsets.US_ASCII));
    }
}
