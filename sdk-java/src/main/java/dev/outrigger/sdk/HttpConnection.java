package dev.outrigger.sdk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection to the agent: a request is written at once and its answer is read on the same thread, which costs a
 * third of what the JDK's client takes with its hand-overs between threads. HTTP/1.1 as far as an agent or a proxy before
 * it speaks it (RFC 9112). For one thread at a time; {@link #close} and {@link #overdue} may come from any.
 */
final class HttpConnection implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int NO_BODY_LENGTH = -1;

    private final SocketChannel channel;
    private final Socket socket;
    private final InputStream in;
    private volatile long endNanos;
    private volatile boolean busy;
    private boolean reusable = true;

    private HttpConnection(SocketChannel channel, Socket socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    /** Connects, or throws {@link NotSentException} within a second. */
    static HttpConnection to(URI agent) throws NotSentException {
        boolean secure = "https".equals(agent.getScheme());
        int port = agent.getPort() < 0 ? secure ? 443 : 80 : agent.getPort();
        try {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.socket().connect(new InetSocketAddress(agent.getHost(), port), CONNECT_TIMEOUT_MILLIS);
                return new HttpConnection(
                        channel, secure ? secured(channel.socket(), agent.getHost(), port) : channel.socket());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new NotSentException(e);
        } catch (RuntimeException e) {
            // An address that does not resolve.
            throw new NotSentException(new IOException(e));
        }
    }

    private static Socket secured(Socket plain, String host, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    /**
     * Sends a request and reads its answer.
     *
     * @param head all lines up to the empty one
     * @param endNanos when {@link #overdue} becomes true
     */
    AgentAnswer exchange(String head, byte[] body, long endNanos) throws IOException {
        this.endNanos = endNanos;
        busy = true;
        try {
            byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
            byte[] message = new byte[start.length + body.length];
            System.arraycopy(start, 0, message, 0, start.length);
            System.arraycopy(body, 0, message, start.length, body.length);
            socket.getOutputStream().write(message);
            return readAnswer();
        } catch (IOException e) {
            reusable = false;
            throw e;
        } finally {
            busy = false;
        }
    }

    /** Whether an exchange is under way that should have ended. Closing it ends it, whatever it waits for. */
    boolean overdue(long nowNanos) {
        return busy && endNanos - nowNanos <= 0;
    }

    /** Whether another request may be sent: the other side has neither closed the connection nor said anything unasked. */
    boolean usable() {
        try {
            if (!reusable || in.available() > 0) {
                return false;
            }
            channel.configureBlocking(false);
            int read = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return read == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }

    private AgentAnswer readAnswer() throws IOException {
        Head head = readHead();
        while (head.status < 200) {
            head = readHead();
        }
        reusable = !head.closes;
        return new AgentAnswer(head.status, readBody(head));
    }

    private byte[] readBody(Head head) throws IOException {
        if (head.status == 204 || head.status == 304) {
            return new byte[0];
        }
        if (head.chunked) {
            return readChunks();
        }
        if (head.length == NO_BODY_LENGTH) {
            reusable = false;
            return in.readAllBytes();
        }
        return exactly(head.length);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the answer ends after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        int[] room = {HEAD_BYTES_MAX};
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            whole.write(exactly(size));
            if (!line(room).isEmpty()) {
                throw new ProtocolException("a chunk of the answer is longer than it says");
            }
        }
        while (!line(room).isEmpty()) {
            // Trailers say nothing to us.
            continue;
        }
        return whole.toByteArray();
    }

    private int chunkSize() throws IOException {
        return number(line(new int[] {HEAD_BYTES_MAX}).split(";", 2)[0], 16);
    }

    private Head readHead() throws IOException {
        int[] room = {HEAD_BYTES_MAX};
        Head head = new Head(line(room));
        for (String line = line(room); !line.isEmpty(); line = line(room)) {
            head.field(line);
        }
        return head;
    }

    /** @param room bytes that may still be read, counted down */
    private String line(int[] room) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the agent closed the connection without an answer");
            }
            if (--room[0] < 0) {
                throw new ProtocolException("the head of the answer has more than " + HEAD_BYTES_MAX + " bytes");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static int number(String text, int radix) throws ProtocolException {
        try {
            int number = Integer.parseInt(text.strip(), radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProtocolException("the answer has no length but '" + text + "'");
    }

    /** What matters of the lines before the body. */
    private static final class Head {
        private final int status;
        private int length = NO_BODY_LENGTH;
        private boolean chunked;
        private boolean closes;

        private Head(String statusLine) throws ProtocolException {
            if (!statusLine.matches("HTTP/1\\.[01] [1-5]\\d\\d( .*)?")) {
                throw new ProtocolException("this is no HTTP: " + statusLine);
            }
            status = Integer.parseInt(statusLine, 9, 12, 10);
            closes = statusLine.charAt(7) == '0';
        }

        private void field(String line) throws ProtocolException {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = number(value, 10);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> closes |= value.equalsIgnoreCase("close");
                default -> {
                    // Of no interest.
                }
            }
        }
    }
}
