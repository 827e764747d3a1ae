package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.FrameReader;
import dev.outrigger.agent.wire.FrameSplitter;
import dev.outrigger.agent.wire.FrameWriter;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.HelloCodec;
import dev.outrigger.agent.wire.LinkFrame;
import dev.outrigger.agent.wire.MessageCodec;
import dev.outrigger.agent.wire.Preamble;
import dev.outrigger.agent.wire.RefusalCodec;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The other end of a connection, in the hands of the test. Blocks. */
final class RawSocket implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final FrameSplitter splitter = new FrameSplitter(16 * 1024 * 1024);
    private final List<Object> frames = new ArrayList<>();
    private int messages;

    private RawSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static RawSocket connect(int port) throws IOException {
        return new RawSocket(new Socket(InetAddress.getByName("127.0.0.1"), port));
    }

    static RawSocket accept(ServerSocket server) throws IOException {
        server.setSoTimeout(PATIENCE_MILLIS);
        return new RawSocket(server.accept());
    }

    RawSocket send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawSocket send(Consumer<FrameWriter> frames) throws IOException {
        FrameWriter out = new FrameWriter();
        frames.accept(out);
        return send(Arrays.copyOf(out.array(), out.length()));
    }

    RawSocket send(Message message) throws IOException {
        return send(out -> MessageCodec.encode(message, out));
    }

    RawSocket preamble() throws IOException {
        return send(Preamble.OURS.toBytes());
    }

    RawSocket hello(Hello hello) throws IOException {
        return send(out -> HelloCodec.encode(hello, out));
    }

    RawSocket link(LinkFrame frame) throws IOException {
        return send(frame::encode);
    }

    /** Reads until a frame passes; what came before it is forgotten. */
    Object await(Predicate<Object> wanted) throws IOException {
        while (true) {
            for (Object frame : frames) {
                if (wanted.test(frame)) {
                    frames.clear();
                    return frame;
                }
            }
            if (!readMore()) {
                throw new IOException("closed, after " + frames);
            }
        }
    }

    Object await(LinkFrame frame) throws IOException {
        return await(frame::equals);
    }

    /** Reads until so many messages have come since the beginning. */
    void awaitMessages(int count) throws IOException {
        while (messages < count) {
            if (!readMore()) {
                throw new IOException("closed after " + messages + " messages");
            }
        }
    }

    /** Reads to the end, which must come, and returns all frames. */
    List<Object> awaitEnd() throws IOException {
        while (readMore()) {
            // until there is no more
        }
        return frames;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private boolean readMore() throws IOException {
        byte[] bytes = new byte[64 * 1024];
        int count = read(socket.getInputStream(), bytes);
        if (count < 0) {
            return false;
        }
        splitter.feed(Arrays.copyOf(bytes, count), new FrameSplitter.Sink() {
            @Override
            public void preamble(Preamble preamble) {
                frames.add(preamble);
            }

            @Override
            public void frame(int tag, FrameReader body) {
                if (LinkFrame.isLinkTag(tag)) {
                    frames.add(decode(LinkFrame.ofTag(tag), body));
                } else {
                    messages++;
                }
            }
        });
        return true;
    }

    /** A reset is an end too. */
    private static int read(InputStream in, byte[] bytes) throws IOException {
        try {
            return in.read(bytes);
        } catch (SocketException e) {
            return -1;
        }
    }

    private static Object decode(LinkFrame frame, FrameReader body) {
        return switch (frame) {
            case HELLO -> HelloCodec.decode(body);
            case REFUSED -> RefusalCodec.decode(body);
            case ADMITTED, MEETING, ALIVE -> frame;
        };
    }
}
