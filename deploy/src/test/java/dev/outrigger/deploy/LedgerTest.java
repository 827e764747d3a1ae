package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger finds every way in which a state can differ from what clients were told. */
class LedgerTest {
    private final Ledger ledger = new Ledger();

    @BeforeEach
    void twoAcknowledgedOneNotExecutedOneUnknown() {
        ledger.acknowledge("a", "a1;", 10, 3);
        ledger.acknowledge("b", "b1;", 12, 6);
        ledger.certainlyNotExecuted("a2;");
        ledger.outcomeUnknown("b2;");
    }

    @Test
    void acceptsWhatWasAcknowledgedWithAndWithoutTheUnknown() {
        ledger.check("a1;b1;");
        ledger.check("a1;b1;b2;");
    }

    @Test
    void findsALostCommand() {
        assertRefused("a1;");
    }

    @Test
    void findsACommandInAnotherPlace() {
        assertRefused("b1;a1;");
    }

    @Test
    void findsACommandThatTookEffectTwice() {
        assertRefused("a1;b1;b2;b2;");
    }

    @Test
    void findsACommandThatWasSaidNotToBeExecuted() {
        assertRefused("a1;b1;a2;");
    }

    @Test
    void findsACommandThatNobodySubmitted() {
        assertRefused("a1;b1;c1;");
    }

    @Test
    void findsIndexesThatDisagreeWithTheOrder() {
        ledger.acknowledge("b", "b3;", 11, 9);
        assertRefused("a1;b1;b3;");
    }

    private void assertRefused(String journal) {
        assertThrows(AssertionError.class, () -> ledger.check(journal));
    }
}
