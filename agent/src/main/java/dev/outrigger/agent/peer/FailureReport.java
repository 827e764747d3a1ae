package dev.outrigger.agent.peer;

import dev.outrigger.agent.peer.PeerTransport.Problem;
import dev.outrigger.agent.wire.WireException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** What a failure of the network means to people. */
final class FailureReport {
    private FailureReport() {}

    /** @param peer the peer by name and address */
    static Problem of(String peer, Throwable cause) {
        if (cause instanceof WireException) {
            return new Problem("PEER_PROTOCOL", peer + " does not keep to the protocol: " + cause.getMessage());
        }
        for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
            if (deeper instanceof UnknownHostException) {
                return new Problem("PEER_DNS", peer + ": the name cannot be resolved: " + deeper.getMessage());
            }
            if (deeper instanceof SSLException) {
                return new Problem("PEER_TLS", peer + ": no TLS connection: " + detail(deeper));
            }
        }
        return new Problem("PEER_UNREACHABLE", peer + ": " + detail(cause));
    }

    /** The innermost cause, which is the one that says something. */
    static String detail(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof ClosedChannelException) {
            return "the other side closed the connection; is TLS set on both?";
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
