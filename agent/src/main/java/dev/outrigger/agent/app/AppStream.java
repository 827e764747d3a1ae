package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.parsetools.RecordParser;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One long call: the body of its request carries batches, the body of its answer carries their answers, one batch under
 * way at a time. It is open once the application has answered with status 200, which it does before the first batch; until
 * then nothing was delivered by it. It ends at the first thing that is not exactly right, and with its own connection.
 */
final class AppStream {
    /** Called on the event loop. */
    interface Owner {
        /** Takes batches from now on. */
        void opened();

        /** Could not be opened; nothing was delivered. */
        void notOpened(AppFailure why);

        /**
         * Has ended while no batch was under way.
         *
         * @param announced whether the application ended its answer, rather than break it off
         */
        void ended(AppFailure why, boolean announced);
    }

    private enum Phase {
        OPENING,
        IDLE,
        BUSY,
        ENDED
    }

    private final HttpClient client;
    private final long timeoutMillis;
    private final int frameBytesMax;
    private final Owner owner;
    private final Alarm timer;
    private final RecordParser parser = RecordParser.newFixed(AppFrames.LENGTH_BYTES, this::cut);
    private Phase phase = Phase.OPENING;
    private boolean lengthDue = true;
    private Promise<AppReply> underWay = Promise.promise();
    private @Nullable HttpClientRequest request;

    /** @param client this stream's own; closed with it, which also ends a connection that nobody reads from */
    AppStream(Vertx vertx, HttpClient client, AppLimits limits, Owner owner) {
        this.client = client;
        this.timeoutMillis = limits.callTimeout().toMillis();
        this.frameBytesMax = limits.responseBytesMax();
        this.owner = owner;
        this.timer = new Alarm(vertx);
    }

    /** Begins to open it; once. */
    void open(RequestOptions options) {
        watch();
        client.request(options).onComplete(this::connected);
    }

    boolean isOpen() {
        return phase == Phase.IDLE || phase == Phase.BUSY;
    }

    /** Sends a batch while none is under way. The future fails with {@link AppFailure} only, and the stream with it. */
    Future<AppReply> send(Buffer frame) {
        if (phase != Phase.IDLE || request == null) {
            return Future.failedFuture(
                    new AppFailure(Cause.INTERNAL, "has a stream that takes no batch now: " + phase));
        }
        phase = Phase.BUSY;
        underWay = Promise.promise();
        watch();
        request.write(frame).onFailure(this::brokeOff);
        return underWay.future();
    }

    /** Ends it: as agreed when nothing is under way, else at once. Nobody is told any more. */
    void close() {
        if (phase == Phase.IDLE && request != null) {
            request.end();
        }
        release();
    }

    // Until the whole answer is there, whatever drips in meanwhile.
    private void watch() {
        timer.set(
                timeoutMillis,
                () -> end(new AppFailure(Cause.TIMEOUT, "gave no complete answer within " + timeoutMillis + " ms")));
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (phase == Phase.ENDED) {
            result.map(late -> late.exceptionHandler(gone -> {}).reset());
            return;
        }
        if (result.failed()) {
            end(new AppFailure(
                    Cause.UNREACHABLE, "cannot be reached: " + result.cause().getMessage()));
            return;
        }
        request = result.result();
        request.setChunked(true).exceptionHandler(this::brokeOff);
        request.response().onComplete(this::answered);
        request.writeHead().onFailure(this::brokeOff);
    }

    private void answered(AsyncResult<HttpClientResponse> result) {
        if (result.failed()) {
            brokeOff(result.cause());
            return;
        }
        if (phase == Phase.ENDED) {
            return;
        }
        HttpClientResponse response = result.result();
        response.exceptionHandler(this::brokeOff);
        if (response.statusCode() != 200) {
            end(new AppFailure(Cause.STATUS, "answered " + response.statusCode()));
        } else if (!isFrames(response.getHeader(HttpHeaders.CONTENT_TYPE))) {
            end(new AppFailure(Cause.MALFORMED, "answered with something else than frames"));
        } else {
            phase = Phase.IDLE;
            timer.cancel();
            response.endHandler(end -> onEnd());
            response.handler(parser);
            owner.opened();
        }
    }

    private static boolean isFrames(@Nullable String contentType) {
        return contentType != null
                && contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(AppFrames.MEDIA_TYPE);
    }

    private void cut(Buffer piece) {
        if (phase == Phase.IDLE) {
            end(new AppFailure(Cause.MALFORMED, "answered on its stream what it was not asked"));
        } else if (phase == Phase.BUSY && lengthDue) {
            begin(piece.getUnsignedInt(0));
        } else if (phase == Phase.BUSY) {
            lengthDue = true;
            parser.fixedSizeMode(AppFrames.LENGTH_BYTES);
            complete(piece);
        }
    }

    private void begin(long frameBytes) {
        if (frameBytes > frameBytesMax) {
            end(new AppFailure(Cause.TOO_LARGE, "gave an answer of " + frameBytes + " bytes"));
        } else if (frameBytes < AppFrames.FRAME_BYTES_MIN) {
            end(new AppFailure(Cause.MALFORMED, "gave a broken answer to apply: a frame of " + frameBytes + " bytes"));
        } else {
            lengthDue = false;
            parser.fixedSizeMode((int) frameBytes);
        }
    }

    private void complete(Buffer frame) {
        try {
            AppReply reply = AppFrames.reply(frame);
            phase = Phase.IDLE;
            timer.cancel();
            underWay.complete(reply);
        } catch (AppFailure failure) {
            end(failure);
        }
    }

    private void onEnd() {
        AppFailure why = new AppFailure(Cause.RESET, "ended the stream");
        boolean announced = phase == Phase.IDLE;
        end(why, announced);
    }

    private void brokeOff(Throwable cause) {
        end(new AppFailure(Cause.RESET, "broke off the stream: " + cause.getMessage()));
    }

    private void end(AppFailure why) {
        end(why, false);
    }

    private void end(AppFailure why, boolean announced) {
        Phase before = phase;
        release();
        switch (before) {
            case OPENING -> owner.notOpened(why);
            case IDLE -> owner.ended(why, announced);
            case BUSY -> underWay.fail(why);
            case ENDED -> {}
        }
    }

    private void release() {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            timer.cancel();
            client.close();
        }
    }
}
