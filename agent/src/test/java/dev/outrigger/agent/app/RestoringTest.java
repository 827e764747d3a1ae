package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import dev.outrigger.agent.app.ScriptedApp.Call;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code PUT snapshot}: to an application that lacks what only the snapshot has. */
class RestoringTest extends AgainstAnApp {
    private static final int BIG = 64 << 20;
    /** More than a loopback connection holds in its two ends. */
    private static final int KERNEL_BYTES_MAX = 32 << 20;

    private SnapshotBytes bytes = new SnapshotBytes("[1,2,3]".getBytes(StandardCharsets.UTF_8));

    /** Commands 1 to 6, of which the first three are in the snapshot only. */
    private void compacted() {
        log.commands(1, 6).compact(4).commitAll().snapshot(bytes.snapshot(3, 1, "scripted/1"));
    }

    private double restores(String outcome) {
        var timer = fixture.registry
                .find("outrigger.app.snapshot")
                .tags("call", "restore", "outcome", outcome)
                .timer();
        return timer == null ? 0 : timer.count();
    }

    private void awaitWhole() {
        fixture.awaitApplied(6).awaitState(State.SERVING);
        assertEquals(range(1, 6), app.journal());
        assertEquals(bytes.opened.get(), bytes.closed.get(), "every snapshot that was opened is closed");
    }

    @Test
    void restoresAnEmptyApplicationThenReplays() {
        compacted();
        start();
        awaitWhole();
        Call put = app.calls("snapshot").get(0);
        MultiMap headers = put.headers();
        assertEquals("PUT", put.http().method().name());
        assertEquals("3", headers.get("Outrigger-Index"));
        assertEquals("1", headers.get("Outrigger-Term"));
        assertEquals("scripted/1", headers.get("Outrigger-Format"));
        assertEquals("7", headers.get("Outrigger-Epoch"));
        assertEquals("7", headers.get("Content-Length"));
        assertEquals("orders", headers.get("Outrigger-Cluster"));
        assertEquals("Bearer sesame", headers.get("Authorization"));
        assertEquals(3, lastApply().prevIndex());
        assertEquals(List.of("1-3"), fixture.recorder.lost(), "results that the snapshot covers");
        assertEquals(range(4, 6), fixture.recorder.results());
        assertEquals(List.of(State.RESTORING, State.REPLAYING, State.SERVING), fixture.recorder.states());
        assertEquals(1, restores("done"));
        assertEquals(
                7,
                fixture.registry
                        .get("outrigger.app.snapshot.bytes")
                        .tag("call", "restore")
                        .counter()
                        .count());
    }

    @Test
    void namesNoFormatWhereNoneIsKnown() {
        log.commands(1, 6).compact(4).commitAll().snapshot(bytes.snapshot(3, 1, ""));
        start();
        awaitWhole();
        assertFalse(app.calls("snapshot").get(0).headers().contains("Outrigger-Format"));
    }

    @Test
    void aBigOneStreamsAtThePaceOfTheApplication() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        CRC32C crc = new CRC32C();
        AtomicLong received = new AtomicLong();
        List<HttpServerRequest> paused = new CopyOnWriteArrayList<>();
        app.streamSnapshots(http -> {
            http.handler(chunk -> {
                SnapshotBytes.crc(crc, chunk);
                received.addAndGet(chunk.length());
            });
            http.endHandler(end -> {
                app.restoreFrom(http.headers(), "[1,2,3]");
                http.response().setStatusCode(204).end();
            });
            http.pause();
            paused.add(http);
        });
        start().await("it has begun", () -> !paused.isEmpty() && bytes.read.get() > 1 << 20);
        assertEquals(State.RESTORING, fixture.status().state());
        assertTrue(fixture.reason().contains("of " + BIG + " bytes"), fixture.reason());
        QueryAnswer.Away away = assertInstanceOf(QueryAnswer.Away.class, fixture.query("what?"));
        assertTrue(away.detail().contains("the snapshot at index 3 of term 1"), away.detail());
        assertInstanceOf(
                SnapshotTaken.Failed.class,
                ChannelFixture.await(fixture.call(() -> fixture.channel.takeSnapshot(new RecordingSink()))));
        long before = -1;
        for (int turns = 0; turns < 1_000 && bytes.read.get() != before; turns++) {
            before = bytes.read.get();
            fixture.call(() -> 0);
        }
        assertTrue(bytes.read.get() < KERNEL_BYTES_MAX, "the disk was read ahead of the application: " + bytes.read);
        appSide.runOnContext(turn -> paused.get(0).resume());
        awaitWhole();
        assertEquals(BIG, received.get());
        assertEquals(bytes.crc(), crc.getValue());
    }

    @Test
    void tellsHowFarItIs() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        app.streamSnapshots(http -> http.handler(chunk -> {
                    http.pause();
                    appSide.setTimer(20, timer -> http.resume());
                })
                .endHandler(end -> http.response().setStatusCode(204).end()));
        start().await("progress", () -> fixture.reason().matches(".*3 of term 1, [1-9]\\d* of 67108864 bytes so far"));
    }

    @Test
    void aFormatThatTheApplicationCannotReadIsNamedWithTheOneItCan() {
        compacted();
        app.always("snapshot", (a, call) -> {
            call.http().response().putHeader("Outrigger-Format", "scripted/2");
            call.answer(422, "too old");
        });
        start().awaitState(State.REFUSED);
        String reason = fixture.reason();
        assertTrue(reason.contains("'scripted/1'"), reason);
        assertTrue(reason.contains("'scripted/2'"), reason);
        assertTrue(reason.contains("422: too old"), reason);
        fixture.await("it is offered again", () -> app.calls("snapshot").size() > 2);
        assertEquals(
                List.of(State.RESTORING, State.REFUSED), fixture.recorder.states(), "offered again without any noise");
        assertTrue(app.calls("apply").isEmpty());
        app.always("snapshot", NORMAL);
        awaitWhole();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 501})
    void anApplicationThatTakesNoneIsRefused(int status) {
        compacted();
        app.always("snapshot", status(status, ""));
        start().awaitState(State.REFUSED);
        assertTrue(fixture.reason().contains("answered " + status), fixture.reason());
        assertEquals(1, restores("refused"), 9);
    }

    @Test
    void anAnswerBeforeTheEndSparesTheRest() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        app.streamSnapshots(http -> http.response().setStatusCode(422).end("never"));
        start().awaitState(State.REFUSED);
        assertTrue(fixture.reason().contains("422: never"), fixture.reason());
        fixture.close();
        long perAttempt = bytes.read.get() / bytes.opened.get();
        assertTrue(perAttempt < KERNEL_BYTES_MAX, "sent on for nothing: " + perAttempt);
    }

    @Test
    void successBeforeTheEndIsNone() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        app.streamSnapshots(http -> http.response().setStatusCode(204).end());
        start().await("its reason", () -> fixture.reason().contains("answered 204 before it had all of the snapshot"));
        assertEquals(0, restores("done"));
    }

    @Test
    void anApplicationThatIsAheadMeanwhileIsAskedAgain() {
        compacted();
        app.always("snapshot", (a, call) -> {
            a.claim("orders", 5, 1);
            call.answer(409, "{\"applied\":5}");
        });
        start().awaitApplied(6).awaitState(State.SERVING);
        assertEquals(List.of(6L), app.journal());
        assertEquals(1, app.calls("snapshot").size());
        assertEquals(List.of("1-5"), fixture.recorder.lost());
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("status", status(500, "disk full")),
                Arguments.of("status", status(200, "fine")),
                Arguments.of("conflict", status(409, "newer epoch")),
                Arguments.of("reset", BREAK_OFF));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void triesAgainAfterAFailure(String cause, Behaviour failure) {
        compacted();
        app.next("snapshot", failure, failure);
        start();
        awaitWhole();
        assertEquals(2, fixture.failures("restore", cause));
        assertEquals(2, restores("failed"));
        assertEquals(3, app.calls("snapshot").size());
        assertEquals(4, app.calls("info").size(), "asked where it stands before each attempt and after the last");
    }

    @Test
    void anAnswerThatIsLostAfterTheRestoreIsFoundOutByAsking() {
        compacted();
        app.next("snapshot", (a, call) -> {
            a.restore(call);
            call.breakOff();
        });
        start();
        awaitWhole();
        assertEquals(1, app.calls("snapshot").size(), "not sent twice");
    }

    @Test
    void anApplicationThatAcceptsAndForgetsIsToldSo() {
        compacted();
        app.next("snapshot", status(204, ""), status(204, ""));
        start();
        awaitWhole();
        assertEquals(3, app.calls("snapshot").size());
        assertTrue(
                fixture.recorder.reasons().stream()
                        .anyMatch(reason -> reason.contains("accepted the snapshot at index 3 of term 1, but then said"
                                + " that it had applied nothing")),
                fixture.recorder.reasons().toString());
    }

    @Test
    void survivesAnApplicationThatRestartsInTheMiddle() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        AtomicBoolean begun = new AtomicBoolean();
        app.streamSnapshots(http -> {
            http.pause();
            begun.set(true);
        });
        start().await("it has begun", begun::get);
        app.away();
        fixture.await("away", () -> fixture.reason().contains("cannot be reached"));
        app.streamSnapshots(http -> {
            http.endHandler(end -> {
                app.restoreFrom(http.headers(), "[1,2,3]");
                http.response().setStatusCode(204).end();
            });
            http.resume();
        });
        app.listen();
        awaitWhole();
    }

    @Test
    void anApplicationThatTakesNothingIsGivenUp() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        AtomicInteger puts = new AtomicInteger();
        app.streamSnapshots(http -> {
            http.pause();
            puts.incrementAndGet();
        });
        start(IMPATIENT).await("its reason", () -> fixture.reason().contains("took nothing of the snapshot for 150"));
        fixture.await("another attempt", () -> puts.get() > 1);
    }

    @Test
    void anApplicationThatNeverAnswersIsGivenUp() {
        compacted();
        app.next("snapshot", ScriptedApp.HANG);
        start(IMPATIENT);
        awaitWhole();
        assertEquals(1, fixture.failures("restore", "timeout"));
    }

    @Test
    void aSnapshotThatCannotBeReadIsTheAgentsTrouble() {
        bytes = new SnapshotBytes(1 << 20, 9);
        bytes.rotAt = 512 << 10;
        compacted();
        start().await("its reason", () -> fixture.reason().contains("cannot be read: block 7 is rotten"));
        fixture.await("another attempt", () -> bytes.opened.get() > 1);
        assertEquals(0, app.calls("apply").size());
        fixture.close();
        assertEquals(bytes.opened.get(), bytes.closed.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 8})
    void aSnapshotOfAnotherLengthThanItSaysIsNotGiven(int announced) {
        bytes = new SnapshotBytes("[1,2,3]".getBytes(StandardCharsets.UTF_8), announced);
        compacted();
        start().await("its reason", () -> fixture.reason().contains("cannot be given the snapshot"));
        assertEquals(List.of(), app.journal());
    }

    @Test
    void whatTheLogDropsUnderASlowApplicationComesFromTheSnapshot() {
        log.commands(1, 6).commitAll();
        List<Call> held = new CopyOnWriteArrayList<>();
        app.next("apply", (a, call) -> held.add(call));
        start(ChannelFixture.limits(java.time.Duration.ofSeconds(10), 60, 1024))
                .await("the first batch", () -> !held.isEmpty());
        assertEquals(List.of(1L), held.get(0).indexes());
        fixture.changeLog(log -> log.compact(4).snapshot(bytes.snapshot(3, 1, "scripted/1")), false);
        NORMAL.serve(app, held.get(0));
        awaitWhole();
        assertEquals(List.of("2-3"), fixture.recorder.lost());
        assertEquals(1, app.calls("snapshot").size());
    }

    @Test
    void closingTheChannelEndsItThoughTheApplicationReadsNothing() {
        bytes = new SnapshotBytes(BIG, 9);
        compacted();
        List<HttpServerRequest> paused = new CopyOnWriteArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        app.streamSnapshots(http -> {
            http.connection().closeHandler(end -> ended.set(true));
            http.pause();
            paused.add(http);
        });
        start().await("it has begun", () -> !paused.isEmpty() && bytes.read.get() > 1 << 20);
        fixture.close();
        assertEquals(1, bytes.opened.get());
        assertEquals(1, bytes.closed.get());
        appSide.runOnContext(turn -> paused.get(0).resume());
        fixture.await("the connection is closed", ended::get);
    }
}
