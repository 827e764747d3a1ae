package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;

/**
 * What is to be done with one committed entry; the same on every member.
 *
 * @param entry as it stands in the log
 * @param kind what it is
 * @param session the session it names; 0 for none
 * @param sequence the number in that session of a command; else 0
 * @param body what the application is given; empty unless {@link Kind#DELIVER}
 * @param firstIndex of {@link Kind#DUPLICATE} and {@link Kind#CONFLICT}, index of the entry that was delivered under this
 *     number; else 0
 */
public record Ruling(Entry entry, Kind kind, long session, long sequence, Payload body, long firstIndex) {
    /** Only {@link #DELIVER} reaches the application. */
    public enum Kind {
        /** A command, to be applied. */
        DELIVER,
        /** Not for the application, and nothing that a client asked for. */
        NOTHING,
        /** Opened a session; its id is the index. */
        OPENED,
        /** Closed a session that was open. */
        CLOSED,
        /** Was delivered before, with the same body. */
        DUPLICATE,
        /** Its number was delivered before, with another body. */
        CONFLICT,
        /** Its number is so low that nobody can tell whether it was delivered before. */
        FORGOTTEN,
        /** Its session is not open. */
        EXPIRED,
        /** A command that was decided to be passed over, or one that has come again after that. */
        SKIPPED
    }

    static Ruling nothing(Entry entry) {
        return new Ruling(entry, Kind.NOTHING, 0, 0, Payload.EMPTY, 0);
    }

    static Ruling deliver(Entry entry, Payload body) {
        return new Ruling(entry, Kind.DELIVER, 0, 0, body, 0);
    }

    /** The same command, passed over. */
    Ruling skipped() {
        return new Ruling(entry, Kind.SKIPPED, session, sequence, Payload.EMPTY, firstIndex);
    }

    long index() {
        return entry.index();
    }

    boolean isDelivered() {
        return kind == Kind.DELIVER;
    }

    /** Whether somebody may wait to hear of an entry that does not reach the application. */
    boolean isAnswer() {
        return kind != Kind.DELIVER && kind != Kind.NOTHING;
    }

    /** What the application is shown: a command, whatever it stands in. */
    Entry command() {
        return entry.kind() == Entry.Kind.COMMAND
                ? entry
                : new Entry(entry.index(), entry.term(), Entry.Kind.COMMAND, entry.timeMillis(), body);
    }
}
