package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One {@code GET snapshot}: from the application into a sink, piece by piece, the connection paused while the sink works.
 * It ends exactly once, by a complete answer, a failure of either side, silence of the application, or {@link #abort};
 * whatever comes later is dropped together with the connection.
 */
final class SnapshotDownload {
    /** Smaller reads are gathered to this, so that the sink is not called for every chunk of a careless server. */
    static final int PIECE_BYTES = 64 << 10;

    private static final long LENGTH_UNKNOWN = -1;

    /** Judges the position that the application claims for its snapshot. */
    interface Inspection {
        /** One clause, the application as its subject; empty when the position is right. */
        Optional<String> objection(long index, long term);
    }

    /** Knows the clients' sessions at a position. */
    interface SessionsSource {
        /** See {@link SnapshotSink#begin}. */
        Future<Supplier<Payload>> at(long index);
    }

    private final SnapshotSink sink;
    private final Inspection inspection;
    private final SessionsSource sessions;
    private final Duration silenceMax;
    private final Alarm silence;
    private final Promise<SnapshotTaken.Taken> promise = Promise.promise();
    private Buffer gathered = Buffer.buffer();
    private long index;
    private long term;
    private long announcedBytes;
    private long bytes;
    private @Nullable HttpClientRequest request;
    private @Nullable HttpClientResponse response;
    private boolean ended;

    private SnapshotDownload(
            Vertx vertx, SnapshotSink sink, Inspection inspection, SessionsSource sessions, Duration silenceMax) {
        this.sink = sink;
        this.inspection = inspection;
        this.sessions = sessions;
        this.silenceMax = silenceMax;
        this.silence = new Alarm(vertx);
    }

    /**
     * Begins it.
     *
     * @param request not sent yet
     * @param silenceMax how long the application may give nothing while it is listened to
     */
    static SnapshotDownload start(
            Vertx vertx,
            Future<HttpClientRequest> request,
            SnapshotSink sink,
            Inspection inspection,
            SessionsSource sessions,
            Duration silenceMax) {
        SnapshotDownload download = new SnapshotDownload(vertx, sink, inspection, sessions, silenceMax);
        download.listen();
        request.onComplete(download::connected);
        return download;
    }

    /** Fails with {@link AppFailure} only. */
    Future<SnapshotTaken.Taken> result() {
        return promise.future();
    }

    /** Handed to the sink so far. */
    long bytes() {
        return bytes;
    }

    void abort(String why) {
        fail(Cause.ABORTED, why);
    }

    private void listen() {
        silence.set(
                silenceMax.toMillis(),
                () -> fail(Cause.TIMEOUT, "gave nothing of a snapshot for " + silenceMax.toMillis() + " ms"));
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (result.failed()) {
            fail(Cause.UNREACHABLE, "cannot be reached: " + result.cause().getMessage());
            return;
        }
        request = result.result();
        request.exceptionHandler(this::brokeOff);
        if (ended) {
            request.reset();
            return;
        }
        request.send().onComplete(this::answered);
    }

    private void answered(AsyncResult<HttpClientResponse> result) {
        if (result.failed()) {
            brokeOff(result.cause());
            return;
        }
        if (ended) {
            return;
        }
        HttpClientResponse answer = result.result();
        response = answer;
        answer.exceptionHandler(this::brokeOff);
        if (answer.statusCode() == 200) {
            begin(answer);
        } else {
            AppReply.beginningOf(answer).onSuccess(reply -> fail(causeOf(reply.status()), reply.describe()));
        }
    }

    private static Cause causeOf(int status) {
        return switch (status) {
            case 404, 405, 501 -> Cause.UNSUPPORTED;
            default -> Cause.STATUS;
        };
    }

    private void begin(HttpClientResponse answer) {
        answer.pause();
        try {
            index = number(answer, "Outrigger-Index");
            term = number(answer, "Outrigger-Term");
            announcedBytes = announced(answer);
        } catch (AppFailure failure) {
            fail(failure);
            return;
        }
        Optional<String> objection = inspection.objection(index, term);
        if (objection.isPresent()) {
            fail(Cause.MALFORMED, objection.get());
            return;
        }
        answer.handler(this::gather);
        answer.endHandler(end -> finish());
        String format = answer.headers().contains("Outrigger-Format") ? answer.getHeader("Outrigger-Format") : "";
        hand(() -> sessions.at(index).compose(found -> sink.begin(index, term, format, found)), this::more);
    }

    private static long number(HttpClientResponse answer, String header) {
        String text = answer.getHeader(header);
        if (text == null) {
            throw new AppFailure(Cause.MALFORMED, "gave a snapshot without " + header);
        }
        // 18 digits always fit a long.
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) == 0) {
            throw new AppFailure(Cause.MALFORMED, "gave a snapshot whose " + header + " is not a number from 1 on");
        }
        return Long.parseLong(text);
    }

    /** Without a length or chunks, a connection that breaks looks like the end. */
    private static long announced(HttpClientResponse answer) {
        String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && length.matches("[0-9]{1,18}")) {
            return Long.parseLong(length);
        }
        if (!"chunked".equalsIgnoreCase(answer.getHeader(HttpHeaders.TRANSFER_ENCODING))) {
            throw new AppFailure(
                    Cause.MALFORMED, "gave a snapshot with neither length nor chunks, whose end nobody could tell");
        }
        return LENGTH_UNKNOWN;
    }

    private void gather(Buffer chunk) {
        gathered.appendBuffer(chunk);
        if (gathered.length() < PIECE_BYTES) {
            more();
        } else {
            handOver(this::more);
        }
    }

    private void more() {
        listen();
        if (response != null) {
            response.fetch(1);
        }
    }

    private void handOver(Runnable then) {
        Payload piece = Payload.of(gathered.getBytes());
        gathered = Buffer.buffer();
        bytes += piece.length();
        hand(() -> sink.write(piece), then);
    }

    private interface Step {
        Future<Void> run();
    }

    /** While the sink works, nobody listens to the application, so its silence counts for nothing. */
    private void hand(Step toSink, Runnable then) {
        if (ended) {
            return;
        }
        silence.cancel();
        // An exception counts as a failed future.
        Future.<Void>succeededFuture().compose(go -> toSink.run()).onComplete(done -> {
            if (ended) {
                return;
            }
            if (done.failed()) {
                fail(Cause.SINK, reasonOf(done.cause()));
            } else {
                then.run();
            }
        });
    }

    private static String reasonOf(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void finish() {
        if (gathered.length() > 0) {
            handOver(this::complete);
        } else {
            complete();
        }
    }

    private void complete() {
        if (announcedBytes != LENGTH_UNKNOWN && announcedBytes != bytes) {
            fail(Cause.RESET, "announced " + announcedBytes + " bytes of a snapshot and gave " + bytes);
        } else if (end()) {
            promise.complete(new SnapshotTaken.Taken(index, term, bytes));
        }
    }

    private void brokeOff(Throwable cause) {
        fail(Cause.RESET, "broke off the connection: " + cause.getMessage());
    }

    private void fail(Cause cause, String detail) {
        fail(new AppFailure(cause, detail));
    }

    private void fail(AppFailure failure) {
        if (end()) {
            if (request != null) {
                request.reset();
            }
            promise.fail(failure);
        }
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        silence.cancel();
        return first;
    }
}
