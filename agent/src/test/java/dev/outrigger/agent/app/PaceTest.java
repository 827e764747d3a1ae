package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppFailure.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long QUICK_NANOS = Duration.ofMillis(1).toNanos();

    private final Pace pace = new Pace(64, 3, Duration.ofSeconds(8));

    private static BatchFailure failure(Cause cause, long prevIndex, int commands) {
        return new BatchFailure(cause, "answered 500", prevIndex, prevIndex + 1, commands);
    }

    private boolean failsAlone(long prevIndex) {
        pace.failed(failure(Cause.STATUS, prevIndex, 1));
        return pace.confirm(prevIndex);
    }

    @Test
    void goesToSinglesAfterAFailureAndDoublesWithEachSuccess() {
        assertEquals(64, pace.commandsMax(11));
        pace.failed(failure(Cause.STATUS, 10, 64));
        assertFalse(pace.confirm(10));
        assertEquals(1, pace.commandsMax(11));
        for (long index = 11; index < 17; index++) {
            pace.delivered(index, QUICK_NANOS);
        }
        assertEquals(64, pace.commandsMax(17));
        pace.delivered(17, QUICK_NANOS);
        assertEquals(64, pace.commandsMax(18));
    }

    @Test
    void halvesWhileBatchesAreSoSlowThatTheyMightTimeOut() {
        pace.delivered(64, Duration.ofSeconds(3).toNanos());
        assertEquals(32, pace.commandsMax(65));
        pace.delivered(96, Duration.ofMillis(1500).toNanos());
        assertEquals(32, pace.commandsMax(97), "neither quick nor slow");
    }

    @Test
    void pausesAtTheThirdFailureInARowOfOneCommand() {
        assertFalse(failsAlone(10));
        assertFalse(failsAlone(10));
        assertTrue(failsAlone(10));
        assertTrue(pace.suspended(10));
        assertTrue(failsAlone(10), "and at each after it");
    }

    @Test
    void doesNotCountAFailureOfSeveralCommands() {
        pace.failed(failure(Cause.STATUS, 10, 2));
        assertFalse(pace.confirm(10));
        assertFalse(failsAlone(10));
        assertFalse(failsAlone(10));
        assertTrue(failsAlone(10));
    }

    @Test
    void startsToCountAgainWhenAnotherCommandFails() {
        failsAlone(10);
        failsAlone(10);
        pace.delivered(11, QUICK_NANOS);
        assertFalse(failsAlone(11));
        assertFalse(failsAlone(11));
        assertTrue(failsAlone(11));
    }

    @Test
    void doesNotCountAFailureAfterWhichTheApplicationWasAway() {
        for (int i = 0; i < 5; i++) {
            pace.failed(failure(Cause.RESET, 10, 1));
            pace.unreachable();
            assertFalse(pace.confirm(10));
        }
    }

    @Test
    void doesNotCountACommandThatWasAppliedAfterAll() {
        for (int i = 0; i < 5; i++) {
            pace.failed(failure(Cause.TIMEOUT, 10, 1));
            assertFalse(pace.confirm(11));
        }
    }

    @Test
    void countsAConflictOnlyWhenTheApplicationStandsWhereTheBatchAssumed() {
        for (int i = 0; i < 5; i++) {
            pace.failed(failure(Cause.CONFLICT, 10, 1));
            assertFalse(pace.confirm(0));
        }
        for (int i = 0; i < 2; i++) {
            pace.failed(failure(Cause.CONFLICT, 10, 1));
            assertFalse(pace.confirm(10));
        }
        pace.failed(failure(Cause.CONFLICT, 10, 1));
        assertTrue(pace.confirm(10));
    }

    @Test
    void keepsTheSuspectApartWhenEverythingIsReplayed() {
        pace.failed(failure(Cause.RESET, 10, 8));
        pace.unreachable();
        assertFalse(pace.confirm(0));
        for (long index = 1; index < 8; index++) {
            pace.delivered(index, QUICK_NANOS);
        }
        assertEquals(64, pace.commandsMax(8));
        assertEquals(10, pace.lastIndexMax(8));
        assertEquals(1, pace.commandsMax(11));
        pace.delivered(11, QUICK_NANOS);
        assertEquals(Long.MAX_VALUE, pace.lastIndexMax(8), "it was not the suspect");
    }

    @Test
    void isNotSuspendedWhereTheSuspectIsNotNext() {
        failsAlone(10);
        failsAlone(10);
        failsAlone(10);
        assertFalse(pace.suspended(0));
        assertTrue(pace.suspended(10));
    }
}
