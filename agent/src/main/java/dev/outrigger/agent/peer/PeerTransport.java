package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.Hello;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;

/**
 * Carries messages between agents, at most once each, in order per connection. All methods are called on the owner's
 * event loop and none blocks.
 */
public interface PeerTransport {
    /** Listens, and keeps connecting to every peer until closed. Fails when the listen address cannot be bound. */
    Future<Void> start();

    /**
     * Sends, or drops when the peer is not connected or its send queue is at its limit.
     *
     * @return false when it was dropped for certain; true promises nothing
     */
    boolean send(Message message);

    /** Ends all connections to peers and connects anew, to greet with what has changed. */
    void reconnect();

    /**
     * Who the peers are from now on, in place of those before: connects to new ones, lets go of those that are missing or
     * have moved, and asks its owner about all that stay anew: one that is not admitted any more is refused, and one that
     * was only met is greeted again.
     *
     * @param peers where every other member is, {@code host:port}; one that is no address is left out
     */
    void follow(Map<MemberId, String> peers);

    /** What is known of each peer, by name. */
    Map<MemberId, PeerView> peers();

    /** Stops listening and ends all connections. */
    Future<Void> close();

    /**
     * @param address {@code host:port} as configured
     * @param connected whether messages to it can be sent now
     * @param hello the last greeting received from it
     * @param lastContactNanos {@link System#nanoTime()} of the last frame from it, empty when none came yet
     * @param problem why it cannot be reached or was refused, in one sentence; empty when all is well
     */
    record PeerView(
            String address,
            boolean connected,
            Optional<Hello> hello,
            Optional<Long> lastContactNanos,
            Optional<Problem> problem) {}

    /**
     * @param code {@code PEER_DNS}, {@code PEER_UNREACHABLE}, {@code PEER_TLS}, {@code PEER_PROTOCOL}; or the code of a
     *     refusal by either side: one of {@link Admission.Refused}, {@code WRONG_NAME}, {@code UNKNOWN_MEMBER}, {@code
     *     PROTOCOL_VERSION}
     * @param message what happened, to which peer
     */
    record Problem(String code, String message) {}
}
