package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;

/**
 * Gathers one request's body, never more than its limit: what is too large is refused by its announced length, or as soon
 * as it has sent too much, and the rest is read past without being kept.
 */
final class BodyReader {
    private static final int CAPACITY_BYTES_MIN = 4 << 10;
    private static final byte[] NOTHING = {};

    private final HttpServerRequest request;
    private final int bytesMax;
    private final InFlight inFlight;
    private final Promise<byte[]> whole = Promise.promise();
    private byte[] bytes = NOTHING;
    private int length;

    private BodyReader(HttpServerRequest request, int bytesMax, InFlight inFlight) {
        this.request = request;
        this.bytesMax = bytesMax;
        this.inFlight = inFlight;
    }

    /** The whole body, or a {@link RefusedRequest}. Call before anything asynchronous, or the body is missed. */
    static Future<byte[]> read(RoutingContext request, int bytesMax, InFlight inFlight) {
        BodyReader reader = new BodyReader(request.request(), bytesMax, inFlight);
        request.addEndHandler(ended -> inFlight.release(reader.bytes.length));
        reader.start();
        return reader.whole.future();
    }

    static void refuseEncoded(HttpServerRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw RefusedRequest.because(
                    Problem.Code.UNSUPPORTED_MEDIA_TYPE, "Bodies are taken as they are, without Content-Encoding.");
        }
    }

    private void start() {
        refuseEncoded(request);
        if (announcedBytes() > bytesMax) {
            throw new RefusedRequest(tooLarge());
        }
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        request.handler(this::add)
                .endHandler(end -> whole.tryComplete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length)))
                .exceptionHandler(gone -> {}); // the end handlers of the request clean up
    }

    private long announcedBytes() {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return header == null ? 0 : Long.parseLong(header); // the decoder has refused what is no number
    }

    private void add(Buffer chunk) {
        if (whole.future().isComplete()) {
            return; // refused; read past the rest
        }
        if (chunk.length() > bytesMax - length) {
            whole.fail(new RefusedRequest(tooLarge()));
        } else if (!reserve(length + chunk.length())) {
            whole.fail(RefusedRequest.because(
                    Problem.Code.OVERLOADED, "The requests under way hold all the memory there is for them."));
        } else {
            chunk.getBytes(0, chunk.length(), bytes, length);
            length += chunk.length();
        }
    }

    private boolean reserve(int needed) {
        if (needed <= bytes.length) {
            return true;
        }
        // Doubling, so that an announced length that never comes costs nothing, and ending exactly there when it does.
        long grown = Math.max(CAPACITY_BYTES_MIN, 2L * bytes.length);
        long announced = announcedBytes();
        long useful = announced > 0 ? Math.min(grown, announced) : grown;
        int capacity = (int) Math.min(bytesMax, Math.max(needed, useful));
        if (!inFlight.hold(capacity - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, capacity);
        return true;
    }

    private Problem tooLarge() {
        return Problem.of(
                Problem.Code.TOO_LARGE,
                Problem.Outcome.NONE,
                "The body is larger than " + bytesMax + " bytes, the most that is taken here; keep large things beside"
                        + " the log, or raise OUTRIGGER_MAX_COMMAND on every member.");
    }
}
