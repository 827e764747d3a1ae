package dev.outrigger.agent.peer;

import dev.outrigger.agent.wire.FrameReader;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.HelloCodec;
import dev.outrigger.agent.wire.LinkFrame;
import dev.outrigger.agent.wire.MessageCodec;
import dev.outrigger.agent.wire.Preamble;
import dev.outrigger.agent.wire.Refusal;
import dev.outrigger.agent.wire.RefusalCodec;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection that somebody has opened to this agent. A stranger until its greeting was answered; nothing that a
 * stranger sends is more than a greeting. Only signs of life go back. On the owner's event loop only.
 */
final class InboundLink implements FrameConnection.Listener {
    private final LocalEnd local;
    private final Doorway doorway;
    private final FrameConnection connection;
    private final long greetingTimer;

    private @Nullable RemotePeer peer;
    private @Nullable Hello greeting;
    private boolean admitted;

    InboundLink(LocalEnd local, Doorway doorway, NetSocket socket) {
        this.local = local;
        this.doorway = doorway;
        this.connection = new FrameConnection(local, socket, this);
        this.greetingTimer = local.timer(local.options().timing().greetingTimeoutMillis(), this::greetingTimedOut);
    }

    void open() {
        connection.open();
    }

    void keepAlive() {
        connection.keepAlive();
    }

    /** Ends the link without a word to the owner. */
    void abandon() {
        local.cancelTimer(greetingTimer);
        connection.abandon();
    }

    @Override
    public void heard(int bytes) {
        if (peer != null) {
            peer.metrics().bytesIn(bytes);
            peer.heard();
        }
    }

    @Override
    public void wrote(int bytes) {
        if (peer != null) {
            peer.metrics().bytesOut(bytes);
        }
    }

    @Override
    public void preamble(Preamble theirs) {
        connection.write(out -> out.raw(Preamble.OURS.toBytes()));
        if (!Preamble.OURS.agreesWith(theirs)) {
            refuse(Refusals.version(local.self(), theirs));
        }
    }

    @Override
    public void frame(int tag, FrameReader body) {
        if (peer == null) {
            greeted(greeting(tag, body));
        } else if (LinkFrame.isLinkTag(tag)) {
            linkFrame(LinkFrame.ofTag(tag), body, peer);
        } else {
            message(tag, body, peer);
        }
    }

    @Override
    public void ended(@Nullable Throwable cause) {
        local.cancelTimer(greetingTimer);
        if (cause instanceof WireException wire) {
            local.metrics().protocolError(wire.reason());
        }
        doorway.left(this, peer, connection.remoteAddress(), cause);
    }

    private static Hello greeting(int tag, FrameReader body) {
        if (tag != LinkFrame.HELLO.tag()) {
            throw new WireException(
                    WireException.Reason.UNEXPECTED_FRAME, "a frame with the tag " + tag + " before the greeting");
        }
        return HelloCodec.decode(body);
    }

    private void greeted(Hello hello) {
        if (hello.node().equals(local.self())) {
            refuse(Refusals.nameTaken(local.self(), connection.remoteAddress()));
            return;
        }
        // Strangers too: the owner may want to know who would be let in.
        Admission admission = local.events().admit(hello);
        RemotePeer known = doorway.peer(hello.node());
        if (connection.isEnded()) {
            return;
        }
        if (admission instanceof Admission.Refused refused) {
            Refusal refusal = new Refusal(refused.code(), refused.reason());
            if (known != null && !known.isConnected()) {
                known.refusedBySelf(refusal);
            }
            refuse(refusal);
        } else if (known == null) {
            refuse(Refusals.unknownMember(local.self(), hello.node()));
        } else {
            greeting = hello;
            answer(hello, known, admission instanceof Admission.Admitted);
        }
    }

    /**
     * Who may talk has changed: whom the owner would not let in any more is shown out, and who was only met is let go, to
     * come back and be admitted.
     */
    void askAgain() {
        if (greeting == null || peer == null) {
            return;
        }
        Admission admission = local.events().admit(greeting);
        if (connection.isEnded()) {
            return;
        }
        if (admission instanceof Admission.Refused refused) {
            peer.inbound(null);
            refuse(new Refusal(refused.code(), refused.reason()));
        } else if (!admitted && admission instanceof Admission.Admitted) {
            doorway.forget(peer);
        }
    }

    private void answer(Hello hello, RemotePeer known, boolean admit) {
        local.cancelTimer(greetingTimer);
        peer = known;
        admitted = admit;
        if (admit) {
            connection.admitMessages();
        }
        connection.write(out -> {
            HelloCodec.encode(local.greeting().get(), out);
            (admit ? LinkFrame.ADMITTED : LinkFrame.MEETING).encode(out);
        });
        known.greeted(hello);
        doorway.entered(this, known);
    }

    private void linkFrame(LinkFrame frame, FrameReader body, RemotePeer sender) {
        switch (frame) {
            case ALIVE -> body.end();
            case REFUSED -> {
                sender.refusedByPeer(RefusalCodec.decode(body));
                doorway.dismissed(this, sender);
                abandon();
            }
            case HELLO, ADMITTED, MEETING ->
                throw new WireException(WireException.Reason.UNEXPECTED_FRAME, frame + " from a side that has greeted");
        }
    }

    private void message(int tag, FrameReader body, RemotePeer sender) {
        if (!admitted) {
            throw new WireException(WireException.Reason.UNEXPECTED_FRAME, "a message before admission");
        }
        sender.metrics().frameIn();
        local.events().received(MessageCodec.decode(tag, body, sender.id(), local.self()));
    }

    private void refuse(Refusal refusal) {
        local.metrics().refused(refusal.code());
        connection.write(out -> RefusalCodec.encode(refusal, out));
        doorway.turnedAway(this, refusal, connection.remoteAddress());
        abandon();
    }

    private void greetingTimedOut() {
        local.metrics().refused("GREETING_TIMEOUT");
        doorway.turnedAway(
                this, new Refusal("GREETING_TIMEOUT", "no greeting came in time"), connection.remoteAddress());
        abandon();
    }
}
