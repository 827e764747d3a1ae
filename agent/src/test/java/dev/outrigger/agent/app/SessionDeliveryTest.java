package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.applyThen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionResult;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The gate in the channel. Entry 1 opens a session, 2 is its first command, 3 the same once more, 4 another command under
 * its number, 5 a command without a session, 6 one of a session that never was.
 */
class SessionDeliveryTest extends AgainstAnApp {
    private static final List<String> PASSED = List.of("1 OPENED", "3 DUPLICATE", "4 CONFLICT", "6 EXPIRED");

    private void sixEntries() {
        log.open(1)
                .inSession(1, 1, 1, "a")
                .inSession(1, 1, 1, "a")
                .inSession(1, 1, 1, "b")
                .command(1)
                .inSession(1, 99, 1, "c")
                .commitAll();
    }

    private Verdict look(long sequence) {
        return fixture.call(() -> fixture.channel.sessions().look(1, sequence));
    }

    private void awaitAll() {
        fixture.awaitApplied(6).awaitState(State.SERVING);
        assertEquals(new Verdict(Verdict.Kind.DUPLICATE, 2), look(1));
        assertEquals(Verdict.Kind.APPLY, look(2).kind());
    }

    @Test
    void deliversEachNumberOnceAndTellsWhatItPassesOver() {
        sixEntries();
        start();
        awaitAll();
        assertEquals(List.of(2L, 5L), app.journal());
        assertEquals(List.of("a", "command 5"), app.journalTexts());
        assertEquals(PASSED, fixture.recorder.passed());
        assertEquals(2, result().index());
        assertEquals(ScriptedApp.resultOf("a"), result().data());
        assertEquals(1, fixture.registry.get("outrigger.sessions.open").gauge().value());
        assertEquals(
                1,
                fixture.registry
                        .get("outrigger.sessions.passed")
                        .tag("ruling", "duplicate")
                        .counter()
                        .count());
    }

    private SessionResult result() {
        return fixture.call(() -> fixture.channel.sessions().result(1, 1)).orElseThrow();
    }

    @Test
    void anApplicationWithStateIsMetWithTheGateWhereItStands() {
        sixEntries();
        app.claim("orders", 2, 1);
        start();
        awaitAll();
        assertEquals(List.of(5L), app.journal());
        assertEquals(2, lastApply().prevIndex());
        assertEquals(List.of("3 DUPLICATE", "4 CONFLICT", "6 EXPIRED"), fixture.recorder.passed());
    }

    @Test
    void anApplicationThatLostItsStateIsNotGivenDuplicates() {
        sixEntries();
        start();
        awaitAll();
        app.away();
        app.restoreFirst(0);
        app.listen();
        fixture.await("both again", () -> app.journal().equals(List.of(2L, 5L)));
        awaitAll();
        assertEquals(ScriptedApp.resultOf("a"), result().data());
    }

    /** Nothing is ruled on twice, and nothing need be read again. */
    @Test
    void whatWasUnderWayWhenTheAnswerWasLostIsDoneWith() {
        sixEntries();
        app.next("apply", applyThen(BREAK_OFF));
        start();
        awaitAll();
        assertEquals(List.of(2L, 5L), app.journal());
        assertEquals(PASSED, fixture.recorder.passed());
        assertEquals(List.of(1L), fixture.call(() -> List.copyOf(log.reads)));
        assertTrue(fixture.recorder.isLost(2));
        assertEquals(
                Optional.empty(), fixture.call(() -> fixture.channel.sessions().result(1, 1)));
    }

    @Test
    void whatWasUnderWayAndNotAppliedIsDeliveredAgain() {
        sixEntries();
        app.next("apply", BREAK_OFF);
        start();
        awaitAll();
        assertEquals(List.of(2L, 5L), app.journal());
        assertEquals(PASSED, fixture.recorder.passed());
        assertEquals(List.of(1L), fixture.call(() -> List.copyOf(log.reads)));
    }

    @Test
    void theSnapshotTellsWhatWasDeliveredBeforeIt() {
        sixEntries();
        log.compact(4).snapshot(new SnapshotBytes("[2]".getBytes(StandardCharsets.UTF_8)).snapshot(2, 1, "scripted/1"));
        log.compact(3);
        start();
        awaitAll();
        assertEquals(List.of(2L, 5L), app.journal());
        assertEquals(List.of("3 DUPLICATE", "4 CONFLICT", "6 EXPIRED"), fixture.recorder.passed());
    }

    @Test
    void anApplicationBehindEveryGateIsGivenTheSnapshotThoughTheLogGoesOn() {
        sixEntries();
        log.command(1).commitAll();
        log.compact(3)
                .snapshot(new SnapshotBytes("[2,5]".getBytes(StandardCharsets.UTF_8)).snapshot(5, 1, "scripted/1"));
        app.claim("orders", 2, 1);
        start();
        fixture.awaitApplied(7).awaitState(State.SERVING);
        assertEquals(List.of(2L, 5L, 7L), app.journal());
        assertEquals(1, app.calls("snapshot").size());
        assertEquals(List.of("6 EXPIRED"), fixture.recorder.passed());
    }

    @Test
    void aCheckpointSavesReadingTheLog() {
        sixEntries();
        start();
        awaitAll();
        fixture.close();
        assertTrue(log.checkpoint.isPresent());
        assertEquals(
                6,
                GateCheckpoint.decode(log.checkpoint.get()).orElseThrow().gate().toldIndex());
        log.inSession(1, 1, 1, "a").inSession(1, 1, 2, "d").commitAll().reads.clear();
        start(ChannelFixture.LIMITS);
        fixture.awaitApplied(8).awaitState(State.SERVING);
        assertEquals(List.of(2L, 5L, 8L), app.journal());
        assertEquals(List.of("7 DUPLICATE"), fixture.recorder.passed());
        assertEquals(List.of(7L), fixture.call(() -> List.copyOf(log.reads)));
    }

    @Test
    void aCheckpointOfAnotherLogOrAheadOfTheApplicationIsOfNoUse() {
        sixEntries();
        Gate other = new Gate();
        log.read(1, 1 << 20).result().subList(0, 5).forEach(other::rule);
        for (Payload useless : List.of(
                new GateCheckpoint(9, 2, other).encode(),
                new GateCheckpoint(1, 5, other).encode(),
                Payload.of(new byte[] {1, 2, 3}))) {
            log.checkpoint = Optional.of(useless);
            log.reads.clear();
            app.restoreFirst(0);
            app.claim("orders", 2, 1);
            start(ChannelFixture.LIMITS);
            awaitAll();
            assertEquals(1L, fixture.call(() -> log.reads.get(0)));
            fixture.close();
        }
    }

    @Test
    void deliveryWaitsForTheGateAndSaysSo() {
        sixEntries();
        Promise<Void> disk = Promise.promise();
        log.gateOfReads = disk.future();
        app.claim("orders", 2, 1);
        start();
        fixture.await("a reason", () -> fixture.reason().contains("the application stands at index 2"));
        assertTrue(fixture.is(State.WAITING));
        assertEquals(0, app.calls("apply").size());
        fixture.call(() -> disk.tryComplete());
        awaitAll();
        assertEquals(List.of(5L), app.journal());
    }

    @Test
    void aLogThatCannotBeReadIsReadAgain() {
        sixEntries();
        log.readsToFail = 2;
        app.claim("orders", 2, 1);
        start();
        awaitAll();
        assertEquals(List.of(5L), app.journal());
        assertTrue(
                fixture.recorder.reasons().stream().anyMatch(reason -> reason.contains("the disk is gone")),
                fixture.recorder.reasons()::toString);
    }

    @Test
    void aSnapshotComesWithTheSessionsOfItsPosition() {
        sixEntries();
        start();
        awaitAll();
        RecordingSink sink = new RecordingSink();
        assertInstanceOf(
                SnapshotTaken.Taken.class,
                ChannelFixture.await(fixture.call(() -> fixture.channel.takeSnapshot(sink))));
        SessionTable taken = SessionTable.decode(sink.sessions().array());
        assertEquals(6, taken.lastIndex());
        assertEquals(new Verdict(Verdict.Kind.DUPLICATE, 2), taken.look(1, 1));
    }

    /** The application goes on while its snapshot begins, so it may be of a later position. */
    @Test
    void theSessionsOfASnapshotAreBroughtToItsPosition() {
        sixEntries();
        start();
        awaitAll();
        CompletableFuture<ScriptedApp.Call> asked = new CompletableFuture<>();
        app.next("snapshot", (scripted, call) -> asked.complete(call));
        RecordingSink sink = new RecordingSink();
        var taking = fixture.call(() -> fixture.channel.takeSnapshot(sink));
        ScriptedApp.Call call = asked.join();
        fixture.append(entries -> entries.inSession(1, 1, 7, "g")).awaitApplied(7);
        ScriptedApp.NORMAL.serve(app, call);
        SnapshotTaken.Taken taken = assertInstanceOf(SnapshotTaken.Taken.class, ChannelFixture.await(taking));
        assertEquals(7, taken.index());
        SessionTable table = SessionTable.decode(sink.sessions().array());
        assertEquals(7, table.lastIndex());
        assertEquals(new Verdict(Verdict.Kind.DUPLICATE, 7), table.look(1, 7));
    }
}
