package dev.outrigger.agent.peer;

import dev.outrigger.agent.peer.PeerTransport.Problem;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.Refusal;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection open to one peer: connects, and connects again when the connection ends, until stopped. On the
 * owner's event loop only.
 */
final class Dialer {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);
    private static final long NO_TIMER = -1;

    private final LocalEnd local;
    private final RemotePeer peer;
    private final NetClient client;
    private final Backoff backoff;

    /** The attempt that counts; whatever still comes of an earlier one is ignored. */
    private @Nullable Attempt current;

    private long redialTimer = NO_TIMER;
    private boolean wasConnected;

    Dialer(LocalEnd local, RemotePeer peer, NetClient client) {
        this.local = local;
        this.peer = peer;
        this.client = client;
        PeerOptions.Timing timing = local.options().timing();
        // Scattering needs no reproducible numbers.
        this.backoff =
                new Backoff(timing.reconnectMinMillis(), timing.reconnectMaxMillis(), ThreadLocalRandom.current());
    }

    RemotePeer peer() {
        return peer;
    }

    /** Connects anew at once, whatever there is now. */
    void dial() {
        stop();
        current = new Attempt();
        // By name each time: the name is looked up again, and may have moved.
        client.connect(peer.port(), peer.host()).onComplete(current::connected, current::failed);
    }

    /** Connects at once when it waits for the next attempt; the peer is known to be up. */
    void hurry() {
        if (redialTimer != NO_TIMER) {
            dial();
        }
    }

    /** Who may talk has changed, and what this agent says of itself with it. */
    void askAgain() {
        if (current != null && current.link != null && current.link.askAgain()) {
            restart();
        } else {
            hurry();
        }
    }

    /** Starts over, to greet with what has changed. */
    void restart() {
        backoff.reset();
        dial();
    }

    /** Ends what there is and leaves it at that. */
    void stop() {
        if (redialTimer != NO_TIMER) {
            local.cancelTimer(redialTimer);
            redialTimer = NO_TIMER;
        }
        if (current != null) {
            current.abandon();
            current = null;
        }
        peer.outbound(null);
    }

    void keepAlive() {
        if (current != null && current.link != null) {
            current.link.keepAlive();
        }
    }

    private void redialLater() {
        stop();
        redialTimer = local.timer(backoff.next(), () -> {
            redialTimer = NO_TIMER;
            dial();
        });
    }

    /** From connecting to the end of the connection. */
    private final class Attempt implements OutboundLink.Fate {
        private @Nullable OutboundLink link;
        private boolean greeted;
        private long greetedNanos;

        void connected(NetSocket socket) {
            if (current != this) {
                socket.close();
                return;
            }
            link = new OutboundLink(local, peer, socket, this);
            link.open();
        }

        void failed(Throwable cause) {
            if (current == this) {
                peer.failed(FailureReport.of(peer.described(), cause));
                redialLater();
            }
        }

        void abandon() {
            if (link != null) {
                link.abandon();
            }
        }

        @Override
        public void greeted(Hello remote, boolean admitted) {
            greeted = true;
            greetedNanos = System.nanoTime();
            peer.greeted(remote);
            peer.reached();
            if (!admitted) {
                return;
            }
            peer.outbound(link);
            if (wasConnected) {
                peer.metrics().reconnected();
            }
            wasConnected = true;
            LOG.info("{}: connected, its agent is {}", peer.described(), remote.version());
            local.events().connected(remote);
        }

        @Override
        public void ended(@Nullable Throwable cause) {
            if (cause instanceof WireException wire) {
                local.metrics().protocolError(wire.reason());
            }
            peer.failed(cause != null ? FailureReport.of(peer.described(), cause) : silenceOrClose());
            if (greeted && hasLasted()) {
                backoff.reset();
            }
            redialLater();
            if (greeted) {
                local.events().disconnected(peer.id());
            }
        }

        @Override
        public void refused(Refusal refusal, boolean byPeer) {
            if (byPeer) {
                peer.refusedByPeer(refusal);
            } else {
                local.metrics().refused(refusal.code());
                peer.refusedBySelf(refusal);
            }
            redialLater();
        }

        /** A connection that does not last is as good as a failed one, and no reason to hurry. */
        private boolean hasLasted() {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - greetedNanos);
            return millis > local.options().timing().reconnectMaxMillis();
        }

        private Problem silenceOrClose() {
            int idleTimeoutMillis = local.options().timing().idleTimeoutMillis();
            String what = "it closed the connection";
            if (link != null && link.silentMillis() >= idleTimeoutMillis) {
                what = "no sign of life for " + idleTimeoutMillis + " ms";
            } else if (!greeted) {
                what += " without a greeting; is it an Outrigger agent, with TLS where this one has it?";
            }
            return new Problem("PEER_UNREACHABLE", peer.described() + ": " + what);
        }
    }
}
