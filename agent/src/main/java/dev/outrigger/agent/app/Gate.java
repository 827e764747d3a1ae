package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;

/**
 * Stands between the committed log and the application, and rules which entries the application is given. It is told every
 * entry once, in the order of the log, and decides from these alone, so alike on every member. No clock, thread or chance
 * inside; not thread-safe.
 *
 * <p>It goes one way. To bring it back, as when the application has lost its state, a gate of an earlier index is taken and
 * told what follows; see {@link GateRoll}.
 */
final class Gate {
    private final SessionTable table;

    /** Before the log. */
    Gate() {
        this(new SessionTable(SessionLimits.DEFAULT));
    }

    /** @param table as of the last entry told; the gate's from now on */
    Gate(SessionTable table) {
        this.table = table;
    }

    /** Another one at the same place, that goes its own way. */
    Gate copy() {
        return new Gate(table.copy());
    }

    /** The last entry told, 0 for none. */
    long toldIndex() {
        return table.lastIndex();
    }

    /** Takes the next entry of the log. */
    Ruling rule(Entry entry) {
        if (entry.index() != toldIndex() + 1) {
            throw new IllegalArgumentException("entry " + entry.index() + " after entry " + toldIndex());
        }
        return switch (entry.kind()) {
            case COMMAND -> {
                advance(entry);
                yield Ruling.deliver(entry, entry.data());
            }
            case SESSION ->
                SessionEntry.decode(entry.data())
                        .map(session -> session(entry, session))
                        .orElseGet(() -> pass(entry));
            case SESSION_COMMAND ->
                SessionEntry.decodeCommand(entry.data())
                        .map(command -> command(entry, command))
                        .orElseGet(() -> pass(entry));
            case SKIP ->
                SkipDecision.decode(entry.data()).map(skip -> skip(entry, skip)).orElseGet(() -> pass(entry));
            case NOOP, CONFIGURATION, RESTORE -> pass(entry);
        };
    }

    /** The command itself is passed over by whoever delivers; here it is remembered for those who ask again. */
    private Ruling skip(Entry entry, SkipDecision skip) {
        table.skip(skip.index(), entry.index(), entry.timeMillis());
        return Ruling.nothing(entry);
    }

    private Ruling pass(Entry entry) {
        advance(entry);
        return Ruling.nothing(entry);
    }

    private void advance(Entry entry) {
        table.advance(entry.index(), entry.timeMillis());
    }

    private Ruling session(Entry entry, SessionEntry session) {
        if (session instanceof SessionEntry.Open open) {
            table.open(open.timeToLiveMillis(), entry.index(), entry.timeMillis());
            return new Ruling(entry, Ruling.Kind.OPENED, entry.index(), 0, Payload.EMPTY, 0);
        }
        long id = ((SessionEntry.Close) session).session();
        boolean wasOpen = table.close(id, entry.index(), entry.timeMillis());
        return new Ruling(entry, wasOpen ? Ruling.Kind.CLOSED : Ruling.Kind.EXPIRED, id, 0, Payload.EMPTY, 0);
    }

    private Ruling command(Entry entry, SessionEntry.Command command) {
        long hash = SessionTable.bodyHash(command.body());
        Verdict verdict = table.check(command.session(), command.sequence(), hash, entry.index(), entry.timeMillis());
        Ruling.Kind kind = kindOf(verdict);
        Payload body = kind == Ruling.Kind.DELIVER ? command.body() : Payload.EMPTY;
        return new Ruling(entry, kind, command.session(), command.sequence(), body, verdict.appliedIndex());
    }

    static Ruling.Kind kindOf(Verdict verdict) {
        return switch (verdict.kind()) {
            case APPLY -> Ruling.Kind.DELIVER;
            case DUPLICATE -> Ruling.Kind.DUPLICATE;
            case SKIPPED -> Ruling.Kind.SKIPPED;
            case CONFLICT -> Ruling.Kind.CONFLICT;
            case FORGOTTEN -> Ruling.Kind.FORGOTTEN;
            case EXPIRED -> Ruling.Kind.EXPIRED;
        };
    }

    /** What is known of the sessions; not to be changed from outside. */
    SessionTable sessions() {
        return table;
    }
}
