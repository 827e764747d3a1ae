package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.app.Ruling.Kind;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.session.SessionLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateTest {
    private final Gate gate = new Gate();
    private final List<Entry> log = new ArrayList<>();

    @Test
    void deliversCommandsAsTheyAre() {
        Ruling ruling = tell(Entry.Kind.COMMAND, payload("x"), 7);
        assertEquals(Kind.DELIVER, ruling.kind());
        assertEquals(log.get(0), ruling.command());
    }

    @Test
    void passesOverWhatIsNotForTheApplication() {
        for (Entry.Kind kind :
                List.of(Entry.Kind.NOOP, Entry.Kind.CONFIGURATION, Entry.Kind.RESTORE, Entry.Kind.SKIP)) {
            assertEquals(Kind.NOTHING, tell(kind, payload("x"), 0).kind(), kind.name());
        }
    }

    @Test
    void deliversTheBodyOfACommandOfASessionOnce() {
        long session = open(60_000, 1000);
        Ruling first = tell(session, 1, "x", 1000);
        assertEquals(Kind.DELIVER, first.kind());
        assertEquals(new Entry(2, 1, Entry.Kind.COMMAND, 1000, payload("x")), first.command());
        Ruling again = tell(session, 1, "x", 1000);
        assertEquals(Kind.DUPLICATE, again.kind());
        assertEquals(2, again.firstIndex());
        assertFalse(again.isDelivered());
        assertEquals(Kind.CONFLICT, tell(session, 1, "y", 1000).kind());
    }

    /** Also when the decision, and with it the command, is only in a snapshot. */
    @Test
    void aCommandThatAllPassedOverIsSkippedWhenItComesAgain() {
        long session = open(60_000, 1000);
        tell(session, 1, "poison", 1000);
        tell(session, 2, "y", 1000);
        assertEquals(
                Kind.NOTHING,
                tell(Entry.Kind.SKIP, new SkipDecision(2, "it kills").encode(), 1000)
                        .kind());
        Ruling again = tell(session, 1, "poison", 1000);
        assertEquals(Kind.SKIPPED, again.kind());
        assertEquals(2, again.firstIndex());
        assertEquals(Kind.DUPLICATE, tell(session, 2, "y", 1000).kind());
        assertEquals(Kind.CONFLICT, tell(session, 1, "other", 1000).kind());
    }

    @Test
    void closesSessions() {
        long session = open(60_000, 0);
        Payload close = new SessionEntry.Close(session).encode();
        assertEquals(Kind.CLOSED, tell(Entry.Kind.SESSION, close, 0).kind());
        assertEquals(Kind.EXPIRED, tell(Entry.Kind.SESSION, close, 0).kind());
        assertEquals(Kind.EXPIRED, tell(session, 1, "x", 0).kind());
    }

    @Test
    void whatHasNoMeaningChangesNothing() {
        for (Payload broken : List.of(
                Payload.EMPTY,
                payload("x"),
                new SessionEntry.Open(SessionLimits.TIME_TO_LIVE_MIN_MILLIS - 1).encode(),
                new SessionEntry.Open(SessionLimits.TIME_TO_LIVE_MAX_MILLIS + 1).encode(),
                new SessionEntry.Open(-1).encode())) {
            assertEquals(Kind.NOTHING, tell(Entry.Kind.SESSION, broken, 0).kind());
        }
        assertEquals(
                Kind.NOTHING,
                tell(Entry.Kind.SESSION_COMMAND, payload("short"), 0).kind());
        assertEquals(0, gate.sessions().size());
    }

    /**
     * Leaders with clocks an hour apart; members that were told the same, whole or through a snapshot, rule the same, and a
     * session ends by the time that the entry that opened it brought.
     */
    @Test
    void sessionsEndByAgreedTimeOnAllMembersAlike() {
        long hour = 3_600_000;
        long brief = open(2_000, hour);
        long longer = open(10_000, 0);
        Gate other = new Gate(gate.copy().sessions());
        assertEquals(Kind.DELIVER, tell(brief, 1, "a", hour + 1_999).kind());
        assertEquals(Kind.DELIVER, tell(longer, 1, "a", 5).kind());
        assertEquals(Kind.EXPIRED, tell(brief, 2, "b", hour + 3_999).kind());
        assertEquals(Kind.DELIVER, tell(longer, 2, "b", 0).kind());
        log.subList(2, log.size()).forEach(other::rule);
        Gate late = new Gate();
        log.forEach(late::rule);
        assertArrayEquals(gate.sessions().encode(), other.sessions().encode());
        assertArrayEquals(gate.sessions().encode(), late.sessions().encode());
    }

    @Test
    void isToldEachEntryOnceInOrder() {
        tell(Entry.Kind.NOOP, Payload.EMPTY, 0);
        Entry first = log.get(0);
        assertThrows(IllegalArgumentException.class, () -> gate.rule(first));
        Entry third = new Entry(3, 1, Entry.Kind.NOOP, 0, Payload.EMPTY);
        assertThrows(IllegalArgumentException.class, () -> gate.rule(third));
    }

    @Test
    void aCheckpointIsReadBackAsItselfOrNotAtAll() {
        long session = open(60_000, 9);
        tell(session, 3, "x", 9);
        Payload encoded = new GateCheckpoint(4, 2, gate).encode();
        GateCheckpoint again = GateCheckpoint.decode(encoded).orElseThrow();
        assertEquals(4, again.term());
        assertEquals(2, again.appliedIndex());
        assertArrayEquals(gate.sessions().encode(), again.gate().sessions().encode());
        assertEquals(Optional.empty(), GateCheckpoint.decode(payload("nothing of the kind")));
        assertEquals(Optional.empty(), GateCheckpoint.decode(Payload.EMPTY));
    }

    @Test
    void aSkipDecisionIsReadBackAsItselfOrNotAtAll() {
        SkipDecision skip = new SkipDecision(7, "poison: é");
        assertEquals(Optional.of(skip), SkipDecision.decode(skip.encode()));
        assertEquals(Optional.empty(), SkipDecision.decode(payload("short")));
        assertEquals(Optional.empty(), SkipDecision.decode(new SkipDecision(0, "").encode()));
    }

    private long open(long timeToLiveMillis, long timeMillis) {
        Ruling ruling = tell(Entry.Kind.SESSION, new SessionEntry.Open(timeToLiveMillis).encode(), timeMillis);
        assertEquals(Kind.OPENED, ruling.kind());
        assertEquals(log.size(), ruling.session());
        return ruling.session();
    }

    private Ruling tell(long session, long sequence, String body, long timeMillis) {
        Payload data = new SessionEntry.Command(session, sequence, payload(body)).encode();
        return tell(Entry.Kind.SESSION_COMMAND, data, timeMillis);
    }

    private Ruling tell(Entry.Kind kind, Payload data, long timeMillis) {
        Entry entry = new Entry(log.size() + 1, 1, kind, timeMillis, data);
        log.add(entry);
        return gate.rule(entry);
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
