package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.session.SessionTable;

/**
 * What is to be proposed for a client.
 *
 * @param kind of the entry
 * @param data of the entry
 * @param session that a command belongs to; 0 for none
 * @param number of the command in its session
 * @param bodyHash of the command of a session
 */
record Order(Entry.Kind kind, Payload data, long session, long number, long bodyHash) {
    static Order command(Payload body) {
        return new Order(Entry.Kind.COMMAND, body, 0, 0, 0);
    }

    static Order inSession(long session, long number, Payload body) {
        return new Order(
                Entry.Kind.SESSION_COMMAND,
                new SessionEntry.Command(session, number, body).encode(),
                session,
                number,
                SessionTable.bodyHash(body));
    }

    static Order session(SessionEntry entry) {
        return new Order(Entry.Kind.SESSION, entry.encode(), 0, 0, 0);
    }

    /** Whether it takes effect once, however often it is proposed. */
    boolean isRepeatable() {
        return kind == Entry.Kind.SESSION_COMMAND;
    }
}
