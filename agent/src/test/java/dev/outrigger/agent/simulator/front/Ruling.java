package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.core.message.Entry;

/** What is to be done with one entry, decided at its place in the log, and not yet done. */
final class Ruling {
    /** What the client will be told, if one waits here. */
    enum Kind {
        /** Not a command. */
        NOTHING,
        /** To be applied. */
        APPLY,
        SESSION_OPENED,
        SESSION_CLOSED,
        DUPLICATE,
        CONFLICT,
        EXPIRED,
        FORGOTTEN
    }

    final Entry entry;
    final Kind kind;
    /** 0 for none. */
    final long session;

    final long sequence;
    /** For the application; empty when it gets nothing. */
    final byte[] body;

    Ruling(Entry entry, Kind kind, long session, long sequence, byte[] body) {
        this.entry = entry;
        this.kind = kind;
        this.session = session;
        this.sequence = sequence;
        this.body = body;
    }

    long index() {
        return entry.index();
    }

    boolean reachesApp() {
        return kind == Kind.APPLY;
    }
}
