package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.Refusal;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Where connections to this agent arrive: strangers until they have greeted, few at a time; then one for each peer, the
 * newest. On the owner's event loop only.
 */
final class Doorway {
    private static final Logger LOG = LoggerFactory.getLogger(Doorway.class);
    /** Whoever knocks again and again must not fill the log. */
    private static final long STRANGER_LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LocalEnd local;
    private final Map<MemberId, Dialer> dialers;
    private final Set<InboundLink> strangers = new HashSet<>();
    private long strangerLoggedNanos = System.nanoTime() - STRANGER_LOG_NANOS;

    Doorway(LocalEnd local, Map<MemberId, Dialer> dialers) {
        this.local = local;
        this.dialers = dialers;
    }

    void arrived(NetSocket socket) {
        if (strangers.size() >= local.options().limits().ungreetedMax()) {
            local.metrics().refused("TOO_MANY_UNGREETED");
            logStranger(
                    "{}: closed, {} other connections have not greeted yet", socket.remoteAddress(), strangers.size());
            socket.close();
            return;
        }
        InboundLink link = new InboundLink(local, this, socket);
        strangers.add(link);
        link.open();
    }

    /** A TLS handshake failed; it never became a connection. */
    void handshakeFailed(Throwable cause) {
        local.metrics().refused("PEER_TLS");
        logStranger("TLS handshake with a connecting agent failed: {}", FailureReport.detail(cause));
    }

    @Nullable
    RemotePeer peer(MemberId name) {
        Dialer dialer = dialers.get(name);
        return dialer == null ? null : dialer.peer();
    }

    /** The link has become that of {@code peer}, in place of an older one. */
    void entered(InboundLink link, RemotePeer peer) {
        strangers.remove(link);
        InboundLink older = peer.inbound();
        if (older != null) {
            older.abandon();
        }
        peer.inbound(link);
        Dialer dialer = dialers.get(peer.id());
        if (dialer != null) {
            dialer.hurry();
        }
    }

    void turnedAway(InboundLink link, Refusal refusal, String remoteAddress) {
        strangers.remove(link);
        logStranger("{}: refused, {}: {}", remoteAddress, refusal.code(), refusal.reason());
    }

    /** The peer has ended its own link by a refusal. */
    void dismissed(InboundLink link, RemotePeer peer) {
        if (peer.inbound() == link) {
            peer.inbound(null);
        }
    }

    void left(InboundLink link, @Nullable RemotePeer peer, String remoteAddress, @Nullable Throwable cause) {
        if (peer == null) {
            strangers.remove(link);
            strangerLeft(remoteAddress, cause);
            return;
        }
        if (peer.inbound() == link) {
            peer.inbound(null);
        }
        LOG.info(
                "{}: its connection ended: {}",
                peer.described(),
                cause == null ? "closed, or silent" : FailureReport.detail(cause));
        local.events().disconnected(peer.id());
    }

    /** Probes of the port come and go; only what is wrong is worth a line. */
    private void strangerLeft(String remoteAddress, @Nullable Throwable cause) {
        if (cause instanceof WireException) {
            logStranger("{}: closed: {}", remoteAddress, cause.getMessage());
        } else {
            LOG.debug("{}: gone before it has greeted", remoteAddress);
        }
    }

    /** The peer is none any more: ends its link without a word to the owner. */
    void forget(RemotePeer peer) {
        InboundLink link = peer.inbound();
        if (link != null) {
            link.abandon();
            peer.inbound(null);
        }
    }

    /** Who may talk has changed. */
    void askAgain(RemotePeer peer) {
        InboundLink link = peer.inbound();
        if (link != null) {
            link.askAgain();
        }
    }

    void keepAlive() {
        for (Dialer dialer : dialers.values()) {
            InboundLink link = dialer.peer().inbound();
            if (link != null) {
                link.keepAlive();
            }
        }
    }

    /** Ends all of it, without a word to the owner. */
    void clear() {
        List.copyOf(strangers).forEach(InboundLink::abandon);
        strangers.clear();
        dialers.values().forEach(dialer -> forget(dialer.peer()));
    }

    private void logStranger(String format, @Nullable Object... arguments) {
        long now = System.nanoTime();
        boolean due = now - strangerLoggedNanos >= STRANGER_LOG_NANOS;
        if (due) {
            strangerLoggedNanos = now;
        }
        LOG.atLevel(due ? Level.WARN : Level.DEBUG).log(format, arguments);
    }
}
