package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
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
     * @param sequence the command's number there; one that is there again is a retry, and was not applied again
     */
    public record Sender(String session, long sequence) {}

    /** The command in an entry; empty when there is none, but something between the members. */
    static Optional<LoggedCommand> of(Entry entry) {
        return switch (entry.kind()) {
            case COMMAND ->
                Optional.of(new LoggedCommand(
                        entry.index(), entry.term(), entry.timeMillis(), entry.data(), Optional.empty()));
            case NOOP, CONFIGURATION, RESTORE -> Optional.empty();
        };
    }
}
