package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.session.SessionResult;
import dev.outrigger.agent.session.SessionResults;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;
import java.util.Optional;

/** The production session table and results of one agent, fed with entries. Not final: tests break it. */
class SessionBook {
    private static final byte[] NO_BODY = {};

    private final SessionLimits limits;
    private final SessionResults results;
    private SessionTable table;

    /** @param resultBytesMax as for {@link SessionResults} */
    SessionBook(SessionLimits limits, long resultBytesMax) {
        this.limits = limits;
        this.results = new SessionResults(resultBytesMax);
        this.table = new SessionTable(limits);
    }

    /** Back to before the first entry. Results stay: they are as true as before. */
    void reset() {
        table = new SessionTable(limits);
    }

    void restore(byte[] encoded) {
        table = SessionTable.decode(encoded);
    }

    byte[] encode() {
        return table.encode();
    }

    long digest() {
        return table.digest();
    }

    /** Takes the next entry of the log. */
    Ruling rule(Entry entry) {
        long index = entry.index();
        long timeMillis = timeMillis(entry);
        if (entry.kind() != Entry.Kind.COMMAND) {
            table.advance(index, timeMillis);
            return new Ruling(entry, Ruling.Kind.NOTHING, 0, 0, NO_BODY);
        }
        Payload envelope = entry.data();
        switch (Envelope.kind(envelope)) {
            case Envelope.OPEN:
                long opened = table.open(Envelope.timeToLiveMillis(envelope), index, timeMillis);
                return new Ruling(entry, Ruling.Kind.SESSION_OPENED, opened, 0, NO_BODY);
            case Envelope.CLOSE:
                long session = Envelope.session(envelope);
                boolean wasOpen = table.close(session, index, timeMillis);
                Ruling.Kind kind = wasOpen ? Ruling.Kind.SESSION_CLOSED : Ruling.Kind.EXPIRED;
                return new Ruling(entry, kind, session, 0, NO_BODY);
            case Envelope.COMMAND:
                return ruleCommand(entry, timeMillis);
            default:
                table.advance(index, timeMillis);
                return new Ruling(entry, Ruling.Kind.APPLY, 0, 0, Envelope.body(envelope));
        }
    }

    private Ruling ruleCommand(Entry entry, long timeMillis) {
        long session = Envelope.session(entry.data());
        long sequence = Envelope.sequence(entry.data());
        byte[] body = Envelope.body(entry.data());
        long hash = SessionTable.bodyHash(Payload.of(body));
        Verdict verdict = table.check(session, sequence, hash, entry.index(), timeMillis);
        return switch (verdict.kind()) {
            case APPLY -> new Ruling(entry, Ruling.Kind.APPLY, session, sequence, body);
            // Nobody skips anything in the simulator.
            case DUPLICATE, SKIPPED -> new Ruling(entry, Ruling.Kind.DUPLICATE, session, sequence, NO_BODY);
            case CONFLICT -> new Ruling(entry, Ruling.Kind.CONFLICT, session, sequence, NO_BODY);
            case EXPIRED -> new Ruling(entry, Ruling.Kind.EXPIRED, session, sequence, NO_BODY);
            case FORGOTTEN -> new Ruling(entry, Ruling.Kind.FORGOTTEN, session, sequence, NO_BODY);
        };
    }

    /** The only time a table may look at. */
    long timeMillis(Entry entry) {
        return entry.timeMillis();
    }

    void keep(Ruling ruling, byte[] result) {
        results.keep(
                ruling.session,
                ruling.sequence,
                new SessionResult(ruling.index(), ruling.entry.term(), 0, Payload.of(result)));
    }

    /** The first result of a command that came again; empty when it is no longer kept here. */
    Optional<Payload> kept(Ruling ruling) {
        return results.find(ruling.session, ruling.sequence).map(SessionResult::data);
    }
}
