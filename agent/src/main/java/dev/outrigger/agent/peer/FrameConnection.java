package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.FrameReader;
import dev.outrigger.agent.wire.FrameSplitter;
import dev.outrigger.agent.wire.FrameWriter;
import dev.outrigger.agent.wire.HelloCodec;
import dev.outrigger.agent.wire.LinkFrame;
import dev.outrigger.agent.wire.MessageCodec;
import dev.outrigger.agent.wire.Preamble;
import dev.outrigger.agent.wire.WireException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection, as frames. Frames written within one turn of the event loop leave together. Ends once: either side
 * may end it, the network may, or the bytes that come do. On the owner's event loop only.
 */
final class FrameConnection {
    /** What the connection tells; nothing any more once it has ended. */
    interface Listener {
        /** Bytes came, of whatever kind. */
        void heard(int bytes);

        /** Bytes were handed to the socket. */
        void wrote(int bytes);

        /** @throws WireException when the connection is to end for it */
        void preamble(Preamble preamble);

        /** @throws WireException when the connection is to end for it */
        void frame(int tag, FrameReader body);

        /**
         * The connection has ended, but not by {@link FrameConnection#abandon}.
         *
         * @param cause a {@link WireException} when for what the other side sent; null when the other side closed it
         */
        void ended(@Nullable Throwable cause);
    }

    /** What became of a message. */
    enum Offer {
        TAKEN,
        QUEUE_FULL,
        TOO_LARGE
    }

    /** Written in pieces, so that a slow socket shows progress and memory is given back on the way. */
    private static final int WRITE_BYTES_MAX = 64 * 1024;
    /** More than this is not gathered within one turn. */
    private static final int GATHERED_BYTES_MAX = 256 * 1024;

    private final LocalEnd local;
    private final NetSocket socket;
    private final Listener listener;
    private final FrameSplitter splitter = new FrameSplitter(HelloCodec.HELLO_BYTES_MAX);
    private final FrameSplitter.Sink sink = new Incoming();
    private final FrameWriter out = new FrameWriter();

    private long inSocketBytes;
    private boolean flushPlanned;
    private boolean wroteSinceAlive;
    private boolean ended;
    private long lastHeardNanos = System.nanoTime();
    private @Nullable Throwable firstFailure;

    FrameConnection(LocalEnd local, NetSocket socket, Listener listener) {
        this.local = local;
        this.socket = socket;
        this.listener = listener;
    }

    /** Begins to read. */
    void open() {
        socket.exceptionHandler(this::failed);
        socket.closeHandler(closed -> end(firstFailure));
        socket.handler(this::read);
    }

    String remoteAddress() {
        return String.valueOf(socket.remoteAddress());
    }

    boolean isEnded() {
        return ended;
    }

    /** Bytes that wait to be taken by the network. */
    long queuedBytes() {
        return out.length() + inSocketBytes;
    }

    /** Milliseconds since anything came from the other side. */
    long silentMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastHeardNanos);
    }

    /** From now on frames may be as long as messages are. */
    void admitMessages() {
        splitter.frameBytesMax(local.options().limits().frameBytesMax());
    }

    /** Writes {@code message}, or leaves everything as it was. */
    Offer offer(Message message) {
        PeerOptions.Limits limits = local.options().limits();
        if (queuedBytes() >= limits.sendQueueBytesMax()) {
            return Offer.QUEUE_FULL;
        }
        int start = out.length();
        MessageCodec.encode(message, out);
        if (out.length() - start - FrameSplitter.LENGTH_BYTES > limits.frameBytesMax()) {
            out.truncate(start);
            return Offer.TOO_LARGE;
        }
        if (queuedBytes() > limits.sendQueueBytesMax()) {
            out.truncate(start);
            return Offer.QUEUE_FULL;
        }
        flushSoon();
        return Offer.TAKEN;
    }

    /** Writes what belongs to the connection itself. */
    void write(Consumer<FrameWriter> frames) {
        frames.accept(out);
        flushSoon();
    }

    /** Shows the other side that this one is alive, unless something else has since the last call. */
    void keepAlive() {
        if (!wroteSinceAlive && queuedBytes() == 0) {
            write(LinkFrame.ALIVE::encode);
        }
        wroteSinceAlive = false;
    }

    /** Sends what was written, then ends the connection without telling the listener. */
    void abandon() {
        if (!ended) {
            flush();
            ended = true;
            socket.close();
        }
    }

    private void read(Buffer chunk) {
        if (ended) {
            return;
        }
        lastHeardNanos = System.nanoTime();
        listener.heard(chunk.length());
        try {
            splitter.feed(chunk.getBytes(), sink);
        } catch (WireException e) {
            end(e);
        }
    }

    private void failed(Throwable failure) {
        if (firstFailure == null) {
            firstFailure = failure;
        }
    }

    private void end(@Nullable Throwable cause) {
        if (!ended) {
            ended = true;
            socket.close();
            listener.ended(cause);
        }
    }

    private void flushSoon() {
        wroteSinceAlive = true;
        if (out.length() >= GATHERED_BYTES_MAX) {
            flush();
        } else if (!flushPlanned) {
            flushPlanned = true;
            local.context().runOnContext(turn -> {
                flushPlanned = false;
                flush();
            });
        }
    }

    private void flush() {
        if (ended) {
            return;
        }
        for (int at = 0; at < out.length(); at += WRITE_BYTES_MAX) {
            int bytes = Math.min(WRITE_BYTES_MAX, out.length() - at);
            inSocketBytes += bytes;
            socket.write(Buffer.buffer(bytes).appendBytes(out.array(), at, bytes))
                    .onComplete(written -> inSocketBytes -= bytes);
        }
        listener.wrote(out.length());
        out.clear();
    }

    /** Frames behind the one that ended the connection came too late. */
    private final class Incoming implements FrameSplitter.Sink {
        @Override
        public void preamble(Preamble preamble) {
            listener.preamble(preamble);
        }

        @Override
        public void frame(int tag, FrameReader body) {
            if (!ended) {
                listener.frame(tag, body);
            }
        }
    }
}
