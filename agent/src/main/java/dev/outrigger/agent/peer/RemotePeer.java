package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.peer.PeerTransport.PeerView;
import dev.outrigger.agent.peer.PeerTransport.Problem;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.Refusal;
import io.vertx.core.net.HostAndPort;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What is known of one peer: the connection that carries messages to it, the one that carries its own, its last greeting
 * and what is wrong. On the owner's event loop only.
 */
final class RemotePeer {
    private static final Logger LOG = LoggerFactory.getLogger(RemotePeer.class);

    private final MemberId id;
    private final String configuredAddress;
    private final HostAndPort address;
    private final PeerMetrics.OfPeer metrics;

    /** Read by whoever scrapes the metrics, too. */
    private volatile @Nullable OutboundLink outbound;

    private @Nullable InboundLink inbound;
    private @Nullable Hello hello;
    private @Nullable Long lastContactNanos;
    private @Nullable Problem problem;

    RemotePeer(MemberId id, String configuredAddress, PeerMetrics metrics) {
        this.id = id;
        this.configuredAddress = configuredAddress;
        this.address = PeerOptions.address(configuredAddress);
        this.metrics = metrics.ofPeer(id, () -> isConnected() ? 1 : 0, this::queuedBytes);
    }

    MemberId id() {
        return id;
    }

    /** The host without the brackets that set an IPv6 address apart from its port. */
    String host() {
        String host = address.host();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        return address.port();
    }

    PeerMetrics.OfPeer metrics() {
        return metrics;
    }

    /** Name and address, for messages to people. */
    String described() {
        return "peer " + id + " at " + configuredAddress;
    }

    PeerView view() {
        return new PeerView(
                configuredAddress,
                isConnected(),
                Optional.ofNullable(hello),
                Optional.ofNullable(lastContactNanos),
                Optional.ofNullable(problem));
    }

    boolean isAt(String otherAddress) {
        return configuredAddress.equals(otherAddress);
    }

    /** It is a peer no longer: nothing more is counted of it. */
    void forget() {
        metrics.forget();
    }

    boolean isConnected() {
        OutboundLink link = outbound;
        return link != null && link.isAdmitted();
    }

    boolean send(Message message) {
        OutboundLink link = outbound;
        if (link == null || !link.isAdmitted()) {
            metrics.dropped("not_connected");
            return false;
        }
        return link.send(message);
    }

    void heard() {
        lastContactNanos = System.nanoTime();
    }

    void greeted(Hello greeting) {
        hello = greeting;
        heard();
    }

    void outbound(@Nullable OutboundLink link) {
        outbound = link;
    }

    @Nullable
    InboundLink inbound() {
        return inbound;
    }

    void inbound(@Nullable InboundLink link) {
        inbound = link;
    }

    /** All is well, as far as this agent can see. */
    void reached() {
        if (problem != null) {
            LOG.info("{}: reached again", described());
        }
        problem = null;
    }

    void failed(Problem failure) {
        metrics.failed(failure.code());
        note(failure);
    }

    void refusedByPeer(Refusal refusal) {
        metrics.refusedByPeer();
        note(new Problem(refusal.code(), described() + " refuses this agent: " + refusal.reason()));
    }

    void refusedBySelf(Refusal refusal) {
        note(new Problem(refusal.code(), described() + " is refused: " + refusal.reason()));
    }

    /** Tells of every problem once, not at every attempt. */
    private void note(Problem newProblem) {
        boolean known = problem != null && problem.code().equals(newProblem.code());
        LOG.atLevel(known ? Level.DEBUG : Level.WARN)
                .log("{} {}; connecting goes on", newProblem.code(), newProblem.message());
        problem = newProblem;
    }

    private long queuedBytes() {
        OutboundLink link = outbound;
        return link == null ? 0 : link.queuedBytes();
    }
}
