package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.SnapshotTaken.Failed;
import dev.outrigger.agent.app.SnapshotTaken.Taken;
import dev.outrigger.agent.app.SnapshotTaken.Unsupported;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET snapshot} beside delivery. */
class TakingTest extends AgainstAnApp {
    private static final int BIG = 64 << 20;
    /** More than a loopback connection holds in its two ends. */
    private static final int KERNEL_BYTES_MAX = 32 << 20;

    private final RecordingSink sink = new RecordingSink();
    private final AtomicLong given = new AtomicLong();

    private Future<SnapshotTaken> takeLater() {
        return fixture.call(() -> fixture.channel.takeSnapshot(sink));
    }

    private SnapshotTaken take() {
        return ChannelFixture.await(takeLater());
    }

    private String failure() {
        return assertInstanceOf(Failed.class, take()).reason();
    }

    private void serve(int commands) {
        log.commands(1, commands).commitAll();
        start().awaitApplied(commands).awaitState(State.SERVING);
    }

    private static HttpServerResponse head(HttpServerRequest http, long index, long term) {
        return http.response()
                .putHeader("Outrigger-Index", "" + index)
                .putHeader("Outrigger-Term", "" + term)
                .putHeader("Outrigger-Format", "kv/1");
    }

    /** Writes as fast as it is read; counts what the kernel took. */
    private void give(HttpServerResponse response, byte[] bytes, int offset) {
        if (offset == bytes.length) {
            response.end();
            return;
        }
        int length = Math.min(64 << 10, bytes.length - offset);
        response.write(Buffer.buffer().appendBytes(bytes, offset, length)).onSuccess(written -> {
            given.addAndGet(length);
            appSide.runOnContext(turn -> give(response, bytes, offset + length));
        });
    }

    @Test
    void takesWhatTheApplicationGivesWithItsPosition() {
        serve(3);
        assertEquals(new Taken(3, 1, 7), take());
        assertEquals("3/1/scripted/1", sink.head());
        assertEquals("[1,2,3]", new String(sink.bytes(), java.nio.charset.StandardCharsets.UTF_8));
        assertEquals("orders", app.calls("snapshot").get(0).headers().get("Outrigger-Cluster"));
        assertEquals("Bearer sesame", app.calls("snapshot").get(0).headers().get("Authorization"));
        var timer = fixture.registry.get("outrigger.app.snapshot").tags("call", "take", "outcome", "done");
        assertEquals(1, timer.timer().count());
        assertEquals(
                7,
                fixture.registry
                        .get("outrigger.app.snapshot.bytes")
                        .tag("call", "take")
                        .counter()
                        .count());
    }

    @Test
    void aBigOneStreamsAtThePaceOfTheSinkWhileDeliveryGoesOn() {
        serve(2);
        byte[] state = SnapshotBytes.madeUp(BIG, 5);
        app.streamSnapshots(http -> give(head(http, 2, 1).setChunked(true), state, 0));
        sink.holdAtWrite(3);
        Future<SnapshotTaken> taken = takeLater();
        fixture.await("the sink is held", sink::isHeld);
        for (int i = 0; i < 50; i++) {
            fixture.append(log -> log.command(1)).awaitApplied(3 + i);
        }
        assertTrue(given.get() < KERNEL_BYTES_MAX, "the application was not held back: " + given);
        fixture.on(channel -> sink.release());
        assertEquals(new Taken(2, 1, BIG), ChannelFixture.await(taken));
        assertArrayEquals(state, sink.bytes());
        assertEquals(0, sink.overlaps());
        assertTrue(sink.largest() < 1 << 20, "in pieces of " + sink.largest());
        assertEquals(52, fixture.recorder.results().size());
    }

    @Test
    void oneThatGivesItsPositionFirstAndItsStateWithinALengthIsAsGood() {
        serve(2);
        byte[] state = SnapshotBytes.madeUp(9 << 20, 6);
        app.streamSnapshots(http -> give(head(http, 2, 1).putHeader("Content-Length", "" + state.length), state, 0));
        assertEquals(new Taken(2, 1, state.length), take());
        assertArrayEquals(state, sink.bytes());
    }

    /** The sessions there are not known any more. */
    @Test
    void oneOfAnEarlierPositionIsNotTaken() {
        serve(2);
        app.streamSnapshots(http -> give(head(http, 1, 1).setChunked(true), new byte[10], 0));
        assertTrue(failure().contains("at index 1, but had applied everything up to index 2"));
    }

    @Test
    void tinyChunksAreGathered() {
        serve(1);
        app.streamSnapshots(http -> {
            HttpServerResponse response = head(http, 1, 1).setChunked(true);
            for (int i = 0; i < 20_000; i++) {
                response.write(Buffer.buffer("0123456789"));
            }
            response.end();
        });
        assertEquals(new Taken(1, 1, 200_000), take());
        assertTrue(sink.writes() <= 4, sink.writes() + " writes");
    }

    @Test
    void anEmptyStateIsAState() {
        serve(1);
        app.streamSnapshots(http -> head(http, 1, 1).end());
        assertEquals(new Taken(1, 1, 0), take());
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 501})
    void anApplicationMayGiveNone(int status) {
        serve(1);
        app.next("snapshot", status(status, "not here"));
        Unsupported unsupported = assertInstanceOf(Unsupported.class, take());
        assertTrue(unsupported.reason().contains(status + ": not here"), unsupported.reason());
        assertEquals("", sink.head());
        assertTrue(fixture.is(State.SERVING));
    }

    @Test
    void anyOtherAnswerIsAFailure() {
        serve(1);
        app.next("snapshot", status(503, "busy"), status(204, ""), BREAK_OFF);
        assertEquals("the application answered 503: busy", failure());
        assertEquals("the application answered 204", failure());
        assertTrue(failure().contains("broke off the connection"));
        assertInstanceOf(Taken.class, take());
        assertTrue(fixture.is(State.SERVING), "a snapshot that fails is no doubt about the application");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1, without Outrigger-Index",
        "3, '', without Outrigger-Term",
        "0, 1, Outrigger-Index is not a number from 1 on",
        "-3, 1, Outrigger-Index is not a number from 1 on",
        "three, 1, Outrigger-Index is not a number from 1 on",
        "9999999999999999999, 1, Outrigger-Index is not a number from 1 on",
        "3, 0, Outrigger-Term is not a number from 1 on",
        "6, 1, commands only up to index 5",
        "4, 2, has term 1 at that index",
        "1, 1, 'before the log here, which begins at index 3'"
    })
    void positionsThatCannotBeAreRejected(String index, String term, String why) {
        serve(5);
        fixture.changeLog(log -> log.command(1).compact(3), false);
        app.streamSnapshots(http -> {
            HttpServerResponse response = http.response();
            if (!index.isEmpty()) {
                response.putHeader("Outrigger-Index", index);
            }
            if (!term.isEmpty()) {
                response.putHeader("Outrigger-Term", term);
            }
            response.end("state");
        });
        String reason = failure();
        assertTrue(reason.contains(why), reason);
        assertEquals("", sink.head(), "nothing reached the sink");
    }

    @Test
    void itIsAskedForBetweenTwoBatches() {
        serve(1);
        List<Runnable> held = new CopyOnWriteArrayList<>();
        app.next("apply", (a, call) -> {
            JsonObject answer = a.execute(call);
            held.add(() -> call.results(answer));
        });
        fixture.append(log -> log.command(1)).await("it is applied", () -> !held.isEmpty());
        Future<SnapshotTaken> taken = takeLater();
        assertEquals("", sink.head(), "it waits for the answer to the batch");
        held.get(0).run();
        assertInstanceOf(Taken.class, ChannelFixture.await(taken));
        assertEquals("2/1/scripted/1", sink.head());
    }

    @Test
    void aBodyThatEndsEarlyIsNotTaken() {
        serve(1);
        AtomicBoolean chunked = new AtomicBoolean(true);
        app.streamSnapshots(http -> {
            HttpServerResponse response = head(http, 1, 1);
            if (chunked.get()) {
                response.setChunked(true);
            } else {
                response.putHeader("Content-Length", "1000000");
            }
            response.write(Buffer.buffer(new byte[300_000]))
                    .onComplete(written -> http.connection().close());
        });
        assertTrue(failure().contains("broke off"));
        chunked.set(false);
        assertTrue(failure().contains("broke off"));
        assertEquals("1/1/kv/1", sink.head());
    }

    @Test
    void aSinkThatFailsEndsItWithItsReason() {
        serve(1);
        AtomicBoolean closed = new AtomicBoolean();
        app.streamSnapshots(http -> {
            http.connection().closeHandler(end -> closed.set(true));
            give(head(http, 1, 1).setChunked(true), new byte[BIG], 0);
        });
        sink.failWrites("no room on the disk");
        assertEquals("no room on the disk", failure());
        fixture.await("the connection is closed", closed::get);
        assertEquals(1, fixture.failures("take", "sink"));
    }

    @Test
    void silenceEndsItButASlowSinkDoesNot() {
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1).awaitState(State.SERVING);
        app.next("snapshot", HANG);
        assertTrue(failure().contains("gave nothing of a snapshot for 150 ms"));
        app.streamSnapshots(http -> head(http, 1, 1).setChunked(true).write(Buffer.buffer("half")));
        assertTrue(failure().contains("gave nothing of a snapshot for 150 ms"));
        app.streamSnapshots(null);
        sink.hold();
        Future<SnapshotTaken> taken = takeLater();
        fixture.await("the sink is held", sink::isHeld);
        fixture.on(channel -> agentSide.setTimer(400, timer -> sink.release()));
        assertInstanceOf(Taken.class, ChannelFixture.await(taken));
    }

    @Test
    void slowBytesAreNoSilence() {
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1).awaitState(State.SERVING);
        app.streamSnapshots(http -> {
            HttpServerResponse response = head(http, 1, 1).putHeader("Content-Length", "20");
            AtomicLong left = new AtomicLong(20);
            appSide.setPeriodic(20, timer -> {
                response.write("x");
                if (left.decrementAndGet() == 0) {
                    appSide.cancelTimer(timer);
                    response.end();
                }
            });
        });
        assertEquals(new Taken(1, 1, 20), take());
    }

    @Test
    void oneAtATimeAndOnlyFromAnApplicationThatIsAttached() {
        assertTrue(failure().contains("has not been asked yet"));
        serve(1);
        sink.hold();
        Future<SnapshotTaken> first = takeLater();
        fixture.await("the sink is held", sink::isHeld);
        assertEquals("a snapshot is being taken already", failure());
        fixture.on(channel -> sink.release());
        assertInstanceOf(Taken.class, ChannelFixture.await(first));
    }

    @Test
    void aDoubtMeanwhileMakesItAFailure() {
        serve(1);
        AtomicBoolean closed = new AtomicBoolean();
        app.streamSnapshots(http -> {
            http.connection().closeHandler(end -> closed.set(true));
            head(http, 1, 1).setChunked(true).write(Buffer.buffer(new byte[100_000]));
        });
        Future<SnapshotTaken> taken = takeLater();
        fixture.await("it has begun", () -> sink.writes() > 0);
        app.next("apply", status(500, "confused"));
        fixture.append(log -> log.command(1)).awaitApplied(2);
        Failed failed = assertInstanceOf(Failed.class, ChannelFixture.await(taken));
        assertTrue(failed.reason().contains("in doubt"), failed.reason());
        fixture.await("the connection is closed", closed::get);
    }

    @Test
    void closingTheChannelEndsIt() {
        serve(1);
        app.next("snapshot", HANG);
        Future<SnapshotTaken> taken = takeLater();
        fixture.await("it has begun", () -> !app.calls("snapshot").isEmpty());
        fixture.close();
        assertInstanceOf(Failed.class, ChannelFixture.await(taken));
    }
}
