package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Payload;
import java.util.Optional;

/**
 * A command as a client gives it.
 *
 * @param body for the application
 * @param place where it belongs, so that it takes effect once however often it is sent; empty for one without a session
 */
public record ClientCommand(Payload body, Optional<Place> place) {
    /**
     * @param session as {@link Answer.Opened} named it; any text
     * @param sequence from 1
     */
    public record Place(String session, long sequence) {}

    /** One without a session. */
    public static ClientCommand of(Payload body) {
        return new ClientCommand(body, Optional.empty());
    }
}
