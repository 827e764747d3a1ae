package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.SkipDecision;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkipsTest {
    private static Entry decision(long index, long command) {
        return new Entry(index, 1, Entry.Kind.SKIP, 0, new SkipDecision(command, "why").encode());
    }

    private static Entry other(long index) {
        return new Entry(index, 2, Entry.Kind.COMMAND, 0, Payload.EMPTY);
    }

    @Test
    void countsWhenItIsCommittedAndHoldsDeliveryUntilThen() {
        Skips skips = new Skips(List.of(), 5);
        assertEquals(Long.MAX_VALUE - 1, skips.certainUpTo());
        skips.appended(List.of(other(6), decision(7, 3)));
        assertEquals(2, skips.certainUpTo());
        assertEquals(List.of(), skips.committed(6));
        assertFalse(skips.isSkipped(3));
        assertEquals(List.of(new Skips.Decided(7, false, new SkipDecision(3, "why"))), skips.committed(7));
        assertTrue(skips.isSkipped(3));
        assertEquals(Long.MAX_VALUE - 1, skips.certainUpTo());
        assertEquals(List.of(), skips.committed(8));
    }

    @Test
    void oneThatAnotherEntryTookThePlaceOfNeverCounts() {
        Skips skips = new Skips(List.of(), 5);
        skips.appended(List.of(other(6), decision(7, 3)));
        skips.appended(List.of(other(7)));
        assertEquals(List.of(), skips.committed(10));
        assertFalse(skips.isSkipped(3));
        assertEquals(Long.MAX_VALUE - 1, skips.certainUpTo());
    }

    @Test
    void whatIsFoundAtStartCountsWhenItIsKnownToBeCommitted() {
        Skips skips = new Skips(List.of(decision(4, 2)), 5);
        assertFalse(skips.isSkipped(2));
        assertEquals(1, skips.certainUpTo());
        assertTrue(skips.committed(5).get(0).foundAtStart());
        assertTrue(skips.isSkipped(2));
    }

    @Test
    void aSecondDecisionOfTheSameAndOneWithoutMeaningChangeNothing() {
        Skips skips = new Skips(List.of(), 0);
        skips.appended(List.of(
                decision(6, 3), decision(7, 3), decision(8, 8), new Entry(9, 1, Entry.Kind.SKIP, 0, Payload.EMPTY)));
        assertEquals(1, skips.committed(9).size());
        assertFalse(skips.isSkipped(8));
    }
}
