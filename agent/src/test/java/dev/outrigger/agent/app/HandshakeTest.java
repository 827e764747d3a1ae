package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.Decision.AwaitCommit;
import dev.outrigger.agent.app.Decision.Deliver;
import dev.outrigger.agent.app.Decision.Refuse;
import dev.outrigger.agent.app.Decision.Restore;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table: a log of term 1 up to index 3 and term 2 up to index 6, committed up to 4, unless said otherwise. */
class HandshakeTest {
    private static MemoryLog log() {
        return new MemoryLog().noop(1).commands(1, 2).noop(2).commands(2, 2).commit(4);
    }

    private static Decision decide(String cluster, long index, long term, MemoryLog log) {
        return Handshake.decide(
                new AppInfo(
                        Optional.of("kv"),
                        Optional.empty(),
                        Optional.ofNullable(cluster),
                        index,
                        term,
                        Encodings.JSON_ONLY),
                "orders",
                log);
    }

    static Stream<Arguments> positionsToDeliverFrom() {
        return Stream.of(
                Arguments.of("empty, without a cluster", null, 0, 0, log(), "replay"),
                Arguments.of("empty, of our cluster", "orders", 0, 0, log(), "replay"),
                Arguments.of("empty, as is the log", null, 0, 0, new MemoryLog(), "go_on"),
                Arguments.of("empty, nothing known as committed", null, 0, 0, log().commit(0), "go_on"),
                Arguments.of("behind what is committed", "orders", 2, 1, log(), "replay"),
                Arguments.of("behind, and it knows no cluster", null, 2, 1, log(), "replay"),
                Arguments.of("at what is committed", "orders", 4, 2, log(), "go_on"),
                Arguments.of("at the end of the log", "orders", 6, 2, log().commitAll(), "go_on"),
                Arguments.of("just before the first index kept", "orders", 2, 1, log().compact(3), "replay"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("positionsToDeliverFrom")
    void deliversFromAPositionInTheCommittedLog(
            String name, String cluster, long index, long term, MemoryLog log, String tag) {
        Decision decision = decide(cluster, index, term, log);
        assertEquals(new Deliver(index, log.deliverableIndex()), decision);
        assertEquals(tag, decision.tag());
    }

    @Test
    void waitsForTheLeaderWhenTheAppIsAheadOfTheCommitIndexButWithinTheLog() {
        AwaitCommit decision = assertInstanceOf(AwaitCommit.class, decide("orders", 5, 2, log()));
        assertTrue(decision.reason().contains("index 5 of term 2"), decision.reason());
        assertTrue(decision.reason().contains("only up to index 4"), decision.reason());
        assertInstanceOf(AwaitCommit.class, decide("orders", 6, 2, log().commit(0)));
    }

    private static MemoryLog withSnapshot(MemoryLog log, long index, long term) {
        return log.snapshot(new SnapshotBytes(0, 0).snapshot(index, term, "kv/1"));
    }

    static Stream<Arguments> positionsToRestore() {
        return Stream.of(
                Arguments.of("empty, the log begins where the snapshot ends", null, 0, 0, log().compact(4), 3),
                Arguments.of("empty, the log begins before the snapshot ends", null, 0, 0, log().compact(2), 3),
                Arguments.of("empty, the log has everything", null, 0, 0, log(), 3),
                Arguments.of("empty, of our cluster", "orders", 0, 0, log().compact(4), 3),
                Arguments.of("behind the log", "orders", 2, 1, log().compact(4), 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("positionsToRestore")
    void restoresWhatTheLogNoLongerHasAndWhatHasNothing(
            String name, String cluster, long index, long term, MemoryLog log, long snapshotIndex) {
        Decision decision = decide(cluster, index, term, withSnapshot(log, snapshotIndex, 1));
        assertEquals(new Restore(log.snapshot().orElseThrow()), decision);
        assertEquals("restore", decision.tag());
    }

    static Stream<Arguments> positionsThatNeedNoSnapshot() {
        return Stream.of(
                Arguments.of("at the snapshot", 3, 1, log().compact(4)),
                Arguments.of("after the snapshot", 4, 2, log().compact(4)),
                Arguments.of("before the snapshot, but the log goes on from there", 2, 1, log().compact(3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("positionsThatNeedNoSnapshot")
    void neverPutsASnapshotWhereTheLogGoesOn(String name, long index, long term, MemoryLog log) {
        assertInstanceOf(Deliver.class, decide("orders", index, term, withSnapshot(log, 3, 1)));
    }

    @Test
    void refusesAnotherTermThanTheSnapshotHas() {
        Refuse decision = assertInstanceOf(Refuse.class, decide("orders", 3, 2, withSnapshot(log().compact(4), 3, 1)));
        assertTrue(decision.reason().contains("has term 1"), decision.reason());
    }

    @Test
    void refusesWhenTheSnapshotDoesNotReachTheLog() {
        assertInstanceOf(Refuse.class, decide("orders", 0, 0, withSnapshot(log().compact(5), 3, 1)));
    }

    @Test
    void neverRestoresAnApplicationOfAnotherClusterOrAheadOfTheLog() {
        assertInstanceOf(Refuse.class, decide("users", 0, 0, withSnapshot(log().compact(4), 3, 1)));
        assertInstanceOf(Refuse.class, decide("orders", 7, 2, withSnapshot(log().compact(4), 3, 1)));
    }

    static Stream<Arguments> positionsToRefuse() {
        return Stream.of(
                Arguments.of("ahead of the log", "orders", 7, 2, log(), "index 7 of term 2", "index 6 of term 2"),
                Arguments.of(
                        "ahead of an empty log",
                        "orders",
                        7,
                        2,
                        new MemoryLog(),
                        "index 7 of term 2",
                        "ends at index 0"),
                Arguments.of("another term, committed", "orders", 2, 2, log(), "index 2 of term 2", "has term 1"),
                Arguments.of("another term, not committed", "orders", 6, 3, log(), "index 6 of term 3", "has term 2"),
                Arguments.of("another cluster", "users", 2, 1, log(), "'users'", "'orders'"),
                Arguments.of("another cluster, empty", "users", 0, 0, log(), "'users'", "'orders'"),
                Arguments.of("below the log", "orders", 1, 1, log().compact(3), "index 1 of term 1", "index 3"),
                Arguments.of("empty, the log begins later", null, 0, 0, log().compact(3), "nothing", "index 3"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("positionsToRefuse")
    void refusesAPositionThatDoesNotBelongToTheLogAndNamesBoth(
            String name, String cluster, long index, long term, MemoryLog log, String theirs, String ours) {
        Refuse decision = assertInstanceOf(Refuse.class, decide(cluster, index, term, log));
        assertTrue(decision.reason().contains(theirs), decision.reason());
        assertTrue(decision.reason().contains(ours), decision.reason());
    }
}
