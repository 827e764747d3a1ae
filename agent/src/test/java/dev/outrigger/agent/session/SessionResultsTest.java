package dev.outrigger.agent.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.core.message.Payload;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionResultsTest {
    private static final int SMALL = SessionResults.OVERHEAD_BYTES + 10;

    private final SessionResults results = new SessionResults(3 * SMALL);

    @Test
    void findsWhatWasKept() {
        SessionResult result = result(4, 10);
        results.keep(1, 2, result);
        assertEquals(Optional.of(result), results.find(1, 2));
        assertEquals(Optional.empty(), results.find(2, 1));
    }

    @Test
    void dropsTheOldestWhenItIsFull() {
        results.keep(9, 1, result(1, 10));
        results.keep(1, 1, result(2, 10));
        results.keep(5, 1, result(3, 10));
        results.keep(7, 1, result(4, 10));
        assertEquals(Optional.empty(), results.find(9, 1));
        assertEquals(2, results.find(1, 1).orElseThrow().index());
        assertEquals(3 * SMALL, results.bytes());
    }

    @Test
    void dropsSeveralForALargeOne() {
        for (int sequence = 1; sequence <= 3; sequence++) {
            results.keep(1, sequence, result(sequence, 10));
        }
        results.keep(2, 1, result(4, SMALL + 10));
        assertEquals(Optional.empty(), results.find(1, 1));
        assertEquals(Optional.empty(), results.find(1, 2));
        assertEquals(3, results.find(1, 3).orElseThrow().index());
        assertEquals(3 * SMALL, results.bytes());
    }

    @Test
    void doesNotKeepWhatIsLargerThanAllRoom() {
        results.keep(1, 1, result(1, 10));
        results.keep(1, 2, result(2, 3 * SMALL));
        assertEquals(Optional.empty(), results.find(1, 2));
        assertEquals(1, results.find(1, 1).orElseThrow().index());
    }

    @Test
    void theFirstResultStays() {
        results.keep(1, 1, result(1, 10));
        results.keep(1, 1, result(2, 20));
        assertEquals(1, results.find(1, 1).orElseThrow().index());
        assertEquals(SMALL, results.bytes());
    }

    @Test
    void mayKeepNone() {
        SessionResults none = new SessionResults(0);
        none.keep(1, 1, result(1, 0));
        assertEquals(Optional.empty(), none.find(1, 1));
        assertThrows(IllegalArgumentException.class, () -> new SessionResults(-1));
    }

    private static SessionResult result(long index, int length) {
        return new SessionResult(index, 1, 0, Payload.of(new byte[length]));
    }
}
