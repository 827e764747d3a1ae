package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionEntry;
import java.util.Optional;

/**
 * A committed command, as readers of the log see it.
 *
 * @param timeMillis agreed time, milliseconds since 1970
 * @param sender the session that it was sent in, where there is one
 */
public record LoggedCommand(long index, long term, long timeMillis, Payload data, Optional<Sender> sender) {
    /**
     * @param session the session's id
     * @param sequence the command's number there. It tells what was agreed on: one that is there again is a retry, and one
     *     of a session that had ended was not applied
     */
    public record Sender(String session, long sequence) {}

    /** The command in an entry; empty when there is none, but something between the members. */
    static Optional<LoggedCommand> of(Entry entry, SessionName sessions) {
        return switch (entry.kind()) {
            case COMMAND -> Optional.of(of(entry, entry.data(), Optional.empty()));
            case SESSION_COMMAND ->
                SessionEntry.decodeCommand(entry.data())
                        .map(command -> of(
                                entry,
                                command.body(),
                                Optional.of(new Sender(sessions.of(command.session()), command.sequence()))));
            case NOOP, CONFIGURATION, RESTORE, SESSION, SKIP -> Optional.empty();
        };
    }

    private static LoggedCommand of(Entry entry, Payload body, Optional<Sender> sender) {
        return new LoggedCommand(entry.index(), entry.term(), entry.timeMillis(), body, sender);
    }
}
