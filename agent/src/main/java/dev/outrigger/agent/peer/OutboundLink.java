package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.FrameReader;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.HelloCodec;
import dev.outrigger.agent.wire.LinkFrame;
import dev.outrigger.agent.wire.Preamble;
import dev.outrigger.agent.wire.Refusal;
import dev.outrigger.agent.wire.RefusalCodec;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that this agent has opened to a peer. This side greets first; the peer answers with its own greeting and
 * whether it admits this agent, or refuses it. Messages go only this way. On the owner's event loop only.
 */
final class OutboundLink implements FrameConnection.Listener {
    /** What becomes of the link; each at most once, and nothing after the end. */
    interface Fate {
        /** Both sides have greeted; {@code admitted} when both let messages flow. */
        void greeted(Hello remote, boolean admitted);

        /** The link has ended, or never came to a greeting. */
        void ended(@Nullable Throwable cause);

        /** One side would not talk to the other; the link is closed. */
        void refused(Refusal refusal, boolean byPeer);
    }

    private final LocalEnd local;
    private final RemotePeer peer;
    private final Fate fate;
    private final FrameConnection connection;
    private final long greetingTimer;

    private @Nullable Hello remote;
    private boolean greeted;
    private boolean admitted;

    OutboundLink(LocalEnd local, RemotePeer peer, NetSocket socket, Fate fate) {
        this.local = local;
        this.peer = peer;
        this.fate = fate;
        this.connection = new FrameConnection(local, socket, this);
        this.greetingTimer = local.timer(local.options().timing().greetingTimeoutMillis(), this::greetingTimedOut);
    }

    void open() {
        connection.open();
        connection.write(out -> {
            out.raw(Preamble.OURS.toBytes());
            HelloCodec.encode(local.greeting().get(), out);
        });
    }

    /** Whether messages can be sent. */
    boolean isAdmitted() {
        return admitted && !connection.isEnded();
    }

    long queuedBytes() {
        return connection.queuedBytes();
    }

    long silentMillis() {
        return connection.silentMillis();
    }

    boolean send(Message message) {
        return switch (connection.offer(message)) {
            case TAKEN -> {
                peer.metrics().frameOut();
                yield true;
            }
            case QUEUE_FULL -> drop("queue_full");
            case TOO_LARGE -> drop("too_large");
        };
    }

    void keepAlive() {
        if (greeted) {
            connection.keepAlive();
        }
    }

    /**
     * Who may talk has changed: whom the owner would not talk to any more is refused. Whether to greet anew, because the
     * two have only met so far.
     */
    boolean askAgain() {
        if (!greeted || remote == null || connection.isEnded()) {
            return false;
        }
        if (local.events().admit(remote) instanceof Admission.Refused refused) {
            refuse(new Refusal(refused.code(), refused.reason()));
            return false;
        }
        return !admitted;
    }

    /** Ends the link; its fate hears nothing of it. */
    void abandon() {
        local.cancelTimer(greetingTimer);
        connection.abandon();
    }

    @Override
    public void heard(int bytes) {
        peer.metrics().bytesIn(bytes);
        if (greeted) {
            peer.heard();
        }
    }

    @Override
    public void wrote(int bytes) {
        peer.metrics().bytesOut(bytes);
    }

    @Override
    public void preamble(Preamble theirs) {
        if (!Preamble.OURS.agreesWith(theirs)) {
            throw new WireException(
                    WireException.Reason.VERSION,
                    Refusals.version(local.self(), theirs).reason());
        }
    }

    @Override
    public void frame(int tag, FrameReader body) {
        LinkFrame frame = LinkFrame.ofTag(tag);
        switch (frame) {
            case HELLO -> hello(HelloCodec.decode(body));
            case ADMITTED, MEETING -> {
                body.end();
                answered(frame == LinkFrame.ADMITTED);
            }
            case REFUSED -> {
                Refusal refusal = RefusalCodec.decode(body);
                abandon();
                fate.refused(refusal, true);
            }
            case ALIVE -> body.end();
        }
    }

    @Override
    public void ended(@Nullable Throwable cause) {
        local.cancelTimer(greetingTimer);
        fate.ended(cause);
    }

    private void hello(Hello hello) {
        if (remote != null) {
            throw new WireException(WireException.Reason.UNEXPECTED_FRAME, "a second greeting");
        }
        remote = hello;
    }

    private void answered(boolean admittedByPeer) {
        if (remote == null || greeted) {
            throw new WireException(WireException.Reason.UNEXPECTED_FRAME, "an admission out of turn");
        }
        if (!remote.node().equals(peer.id())) {
            refuse(Refusals.wrongName(peer, remote, local.self()));
            return;
        }
        Admission admission = local.events().admit(remote);
        if (connection.isEnded()) {
            return;
        }
        if (admission instanceof Admission.Refused refused) {
            refuse(new Refusal(refused.code(), refused.reason()));
            return;
        }
        local.cancelTimer(greetingTimer);
        greeted = true;
        admitted = admittedByPeer && admission instanceof Admission.Admitted;
        fate.greeted(remote, admitted);
    }

    private void refuse(Refusal refusal) {
        connection.write(out -> RefusalCodec.encode(refusal, out));
        abandon();
        fate.refused(refusal, false);
    }

    private void greetingTimedOut() {
        if (!connection.isEnded()) {
            abandon();
            fate.ended(new GreetingTimeoutException(local.options().timing().greetingTimeoutMillis()));
        }
    }

    private boolean drop(String reason) {
        peer.metrics().dropped(reason);
        return false;
    }
}
