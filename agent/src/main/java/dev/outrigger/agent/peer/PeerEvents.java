package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.Hello;

/** What the transport tells its owner; always on the owner's event loop. Implementations do not throw. */
public interface PeerEvents {
    /** Decides about a peer that has greeted, whoever opened the connection. */
    Admission admit(Hello remote);

    /** The connection that carries messages to {@code remote.node()} is up and was admitted. */
    void connected(Hello remote);

    /**
     * A connection to or from this peer has ended, other than by our own {@code close} or {@code reconnect}. The peer's
     * process may have died, or the network; a hint, never proof.
     */
    void disconnected(MemberId peer);

    /** A message from an admitted peer; its {@code from} is the peer that greeted and its {@code to} is this member. */
    void received(Message message);
}
