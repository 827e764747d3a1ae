package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * {@code POST apply/stream}: one long call whose body carries batches and whose answer carries their answers, each before
 * the next batch is read. A stream has a thread of its own, so that it takes none from other calls.
 */
final class StreamEndpoint {
    /** More than one only while the agent has given one up that the state machine still holds. */
    private static final int STREAMS_MAX = 4;

    private static final int CHUNKED = 0;
    private static final int FRAME_BYTES_MIN = 2;
    private static final Logger LOG = System.getLogger(StreamEndpoint.class.getName());

    /** Answers one batch; never throws. */
    interface Batches {
        HttpReply answer(byte[] frame, Optional<String> cluster);
    }

    private final Batches batches;
    private final int frameBytesMax;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0, STREAMS_MAX, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), new DaemonThreads("outrigger-stream"));
    private int underWay;
    private boolean closing;

    StreamEndpoint(Batches batches, int frameBytesMax) {
        this.batches = batches;
        this.frameBytesMax = Math.min(frameBytesMax, Integer.MAX_VALUE - 64);
    }

    /** Hands the exchange over to a thread that ends it. */
    void handle(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            refuse(exchange, AppEndpoint.notAllowed(exchange, "POST"));
        } else if (!Frames.areIn(exchange)) {
            refuse(exchange, AppEndpoint.unsupported(Frames.MEDIA_TYPE));
        } else {
            try {
                threads.execute(() -> serve(exchange));
            } catch (RejectedExecutionException e) {
                String detail = STREAMS_MAX + " are open, or this application is stopping";
                refuse(exchange, HttpReply.problem(503, "OVERLOADED", "There are too many streams", detail));
            }
        }
    }

    /** The agent ends the body of a stream when it has this answer, not before. */
    static void refuse(HttpExchange exchange, HttpReply reply) throws IOException {
        reply.sendBeforeBody(exchange, WholeBody.of(exchange));
    }

    private void serve(HttpExchange exchange) {
        try (exchange) {
            Optional<String> cluster =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Outrigger-Cluster"));
            exchange.getResponseHeaders().set("Content-Type", Frames.MEDIA_TYPE);
            exchange.sendResponseHeaders(200, CHUNKED);
            OutputStream out = exchange.getResponseBody();
            out.flush(); // The agent sends nothing before it has the head, which newer servers hold back.
            DataInputStream in = new DataInputStream(exchange.getRequestBody());
            boolean more = true;
            while (more) {
                more = answerNext(in, out, cluster);
            }
            out.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "A stream of the agent broke off; it asks where this application stands", e);
        }
    }

    /** False when the stream is to end: by the agent, by what it sent, or because this application stops. */
    private boolean answerNext(DataInputStream in, OutputStream out, Optional<String> cluster) throws IOException {
        int first = in.read();
        if (first < 0) {
            return false;
        }
        ByteBuffer length = ByteBuffer.allocate(Frames.LENGTH_BYTES).put((byte) first);
        in.readFully(length.array(), 1, Frames.LENGTH_BYTES - 1);
        int bytes = length.getInt(0);
        if (bytes < FRAME_BYTES_MIN || bytes > frameBytesMax) {
            HttpReply refusal = HttpReply.problem(
                    413, "TOO_LARGE", "The frame is too large", "a frame has 2 to " + frameBytesMax + " bytes");
            write(out, refusal);
            return false;
        }
        byte[] frame = readFrame(length, bytes, in);
        if (!begin()) {
            return false;
        }
        try {
            HttpReply reply = batches.answer(frame, cluster);
            write(out, reply);
            return reply.status() == 200 && !isClosing();
        } finally {
            done();
        }
    }

    /** Takes memory as bytes come, not as they are announced. */
    private static byte[] readFrame(ByteBuffer length, int bytes, InputStream in) throws IOException {
        byte[] frame = new byte[Frames.LENGTH_BYTES + Math.min(bytes, 1 << 20)];
        System.arraycopy(length.array(), 0, frame, 0, Frames.LENGTH_BYTES);
        int end = Frames.LENGTH_BYTES + bytes;
        int at = Frames.LENGTH_BYTES;
        while (at < end) {
            if (at == frame.length) {
                frame = Arrays.copyOf(frame, (int) Math.min(end, 2L * frame.length));
            }
            // Not readNBytes: that reads once more after the last byte, which blocks here.
            int count = in.read(frame, at, frame.length - at);
            if (count < 0) {
                throw new EOFException("the stream ends within a frame");
            }
            at += count;
        }
        return frame;
    }

    private static void write(OutputStream out, HttpReply reply) throws IOException {
        out.write(ApplyFrames.onStream(reply));
        out.flush();
    }

    private synchronized boolean begin() {
        if (!closing) {
            underWay++;
        }
        return !closing;
    }

    private synchronized void done() {
        underWay--;
        notifyAll();
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    /** Takes no more batches, and waits until the answer to the one under way is sent or {@code atMost} is over. */
    synchronized void close(Duration atMost) {
        closing = true;
        threads.shutdown();
        long endNanos = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); underWay > 0 && left > 0; left = endNanos - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
