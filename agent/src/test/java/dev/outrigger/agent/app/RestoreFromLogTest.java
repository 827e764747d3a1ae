package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.ScriptedApp.Call;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A backup that stands in the log reaches the application whole, at its place, or not at all. */
class RestoreFromLogTest extends AgainstAnApp {
    private static final UUID ID = new UUID(1, 2);
    private static final UUID OTHER_ID = new UUID(1, 3);

    /** What the scripted application takes for its state: a list of indexes. */
    private final byte[] state = new JsonArray(
                    LongStream.rangeClosed(1, 500).boxed().toList())
            .toBuffer()
            .getBytes();

    @Test
    void theApplicationGetsItAndThenTheCommandsBehindIt() {
        log.noop(1);
        pieces(ID, 4);
        log.restore(2, end(ID, 2, 4)).noop(2).command(2).commitAll();
        start().awaitApplied(8);
        Call put = restored();
        assertArrayEquals(state, put.body().getBytes());
        assertEquals("6", put.headers().get("Outrigger-Index"));
        assertEquals("2", put.headers().get("Outrigger-Term"));
        assertEquals("scripted/1", put.headers().get("Outrigger-Format"));
        assertEquals(6, lastApply().prevIndex());
        assertEquals(state(), app.journal().subList(0, 500));
        assertEquals(List.of(), fixture.recorder.voids());
        assertEquals(State.SERVING, fixture.status().state());
    }

    @Test
    void onlyItsOwnPiecesInTheirOrderCountWhateverStandsBetween() {
        Payload[] pieces = split(ID, 3);
        Payload[] others = split(OTHER_ID, 3);
        log.restore(1, pieces[0]).restore(1, others[0]).restore(1, pieces[2]);
        log.noop(2).restore(2, pieces[0]).restore(2, Payload.of(new byte[] {9})).restore(2, Payload.EMPTY);
        log.restore(2, pieces[1]).restore(2, pieces[1]).restore(2, pieces[2]).restore(2, others[1]);
        log.restore(2, end(ID, 1, 3)).commitAll();
        start().awaitApplied(12);
        assertArrayEquals(state, restored().body().getBytes());
    }

    @Test
    void aStateOfNoBytesIsOneToo() {
        log.restore(1, new RestorePart.End(ID, 0, 0, 0, 0, "").encode())
                .command(1)
                .commitAll();
        app.next("snapshot", (app, call) -> {
            app.claim(ChannelFixture.CLUSTER, 1, 1);
            call.answer(204, "");
        });
        start().awaitApplied(2);
        assertEquals(0, restored().body().length());
        assertEquals(List.of(2L), app.journal());
    }

    @Test
    void whenACommandPrecedesItTheEndIsVoid() {
        pieces(ID, 2);
        log.command(1).restore(1, end(ID, 1, 2)).command(1).commitAll();
        start().awaitApplied(5);
        assertEquals(List.of(3L, 5L), app.journal());
        assertEquals(List.of("4 state before"), fixture.recorder.voids());
        assertEquals(List.of(), app.calls("snapshot"));
    }

    @Test
    void aSecondOneIsVoid() {
        pieces(ID, 2);
        log.restore(1, end(ID, 1, 2));
        pieces(OTHER_ID, 2);
        log.restore(1, end(OTHER_ID, 4, 2)).commitAll();
        start().awaitApplied(6);
        assertEquals(1, app.calls("snapshot").size());
        assertEquals(List.of("6 state before"), fixture.recorder.voids());
    }

    @Test
    void oneThatIsNotWholeIsVoidAndTheNextOneCounts() {
        Payload[] pieces = split(ID, 3);
        log.restore(1, pieces[0]).restore(1, pieces[2]).restore(1, end(ID, 1, 3)); // piece 1 is missing
        log.restore(1, new RestorePart.End(ID, 0, 3, 5, 5, "").encode()); // points before the log
        log.restore(1, new RestorePart.End(ID, 5, 3, 5, 5, "").encode()); // points at itself
        log.restore(1, new RestorePart.End(ID, 1, -1, 0, 0, "").encode());
        log.restore(1, Payload.of(new byte[] {2, 0}));
        log.restore(1, new RestorePart.End(ID, 1, 1, 5, crc(new byte[5]), "").encode()); // other bytes
        pieces(OTHER_ID, 2);
        log.restore(1, end(OTHER_ID, 9, 2)).commitAll();
        start().awaitApplied(11);
        assertEquals(
                List.of("3 damaged", "4 damaged", "5 damaged", "6 damaged", "7 damaged", "8 damaged"),
                fixture.recorder.voids());
        assertArrayEquals(state, restored().body().getBytes());
    }

    @Test
    void anApplicationThatLosesItsStateGetsItAnew() {
        pieces(ID, 2);
        log.restore(1, end(ID, 1, 2)).command(1).command(1).commitAll();
        start().awaitApplied(5);
        app.away();
        app.restoreFirst(0);
        app.listen();
        fixture.await("it is given to it again", () -> app.calls("snapshot").size() == 2);
        fixture.awaitApplied(5).awaitState(State.SERVING);
        List<Long> all = new ArrayList<>(state());
        all.addAll(List.of(4L, 5L));
        assertEquals(all, app.journal());
    }

    @Test
    void anApplicationThatBreaksOffIsAskedAndGivenAllOfItAgain() {
        pieces(ID, 3);
        log.restore(1, end(ID, 1, 3)).command(1).commitAll();
        app.next("snapshot", ScriptedApp.BREAK_OFF, ScriptedApp.status(500, "not now"));
        start().awaitApplied(5);
        assertEquals(3, app.calls("snapshot").size());
        assertArrayEquals(state, app.calls("snapshot").get(2).body().getBytes());
        assertEquals(List.of(), fixture.recorder.voids());
    }

    @Test
    void anApplicationThatHasItIsNotGivenItAgain() {
        pieces(ID, 2);
        log.restore(3, end(ID, 1, 2)).command(3).commitAll();
        app.claim(ChannelFixture.CLUSTER, 3, 3);
        start().awaitApplied(4);
        assertEquals(List.of(), app.calls("snapshot"));
    }

    private Call restored() {
        List<Call> calls = app.calls("snapshot");
        assertEquals(1, calls.size());
        return calls.get(0);
    }

    private List<Long> state() {
        return new JsonArray(io.vertx.core.buffer.Buffer.buffer(state))
                .stream().map(index -> ((Number) index).longValue()).toList();
    }

    private void pieces(UUID id, int count) {
        for (Payload piece : split(id, count)) {
            log.restore(1, piece);
        }
    }

    private Payload[] split(UUID id, int count) {
        Payload[] pieces = new Payload[count];
        for (int i = 0; i < count; i++) {
            byte[] bytes = Arrays.copyOfRange(state, state.length * i / count, state.length * (i + 1) / count);
            pieces[i] = new RestorePart.Piece(id, i, Payload.of(bytes)).encode();
        }
        return pieces;
    }

    private Payload end(UUID id, long firstIndex, int pieces) {
        return new RestorePart.End(id, firstIndex, pieces, state.length, crc(state), "scripted/1").encode();
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
