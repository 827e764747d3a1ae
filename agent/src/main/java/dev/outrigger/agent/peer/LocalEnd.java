package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.Hello;
import io.vertx.core.Context;
import java.util.function.Supplier;

/**
 * This agent's end of every connection.
 *
 * @param context the event loop that everything happens on
 * @param greeting what this agent says of itself now
 */
record LocalEnd(
        Context context, PeerOptions options, Supplier<Hello> greeting, PeerEvents events, PeerMetrics metrics) {
    MemberId self() {
        return options.self();
    }

    /** Calls once, later; the number cancels by {@link #cancelTimer}. */
    long timer(long millis, Runnable action) {
        return context.owner().setTimer(millis, id -> action.run());
    }

    void cancelTimer(long id) {
        context.owner().cancelTimer(id);
    }
}
