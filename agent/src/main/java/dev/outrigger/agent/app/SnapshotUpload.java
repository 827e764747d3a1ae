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
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One {@code PUT snapshot}: from the disk to the application, the next piece read only when the one before is with the
 * kernel. The application may answer before it has everything; nothing more is sent then. It ends exactly once, by an
 * answer, a failure of either side, silence of the application, or {@link #abort}; the snapshot is closed in each case.
 */
final class SnapshotUpload {
    /** Written at once, so that an application that takes its time over a piece is not taken for a silent one. */
    private static final int SLICE_BYTES = 64 << 10;

    /**
     * What the application answered.
     *
     * @param reply its status and the beginning of its body
     * @param format its {@code Outrigger-Format}: what it reads; empty when it did not say
     */
    record Answer(AppReply reply, Optional<String> format) {}

    private final Vertx vertx;
    private final RestorableSnapshot snapshot;
    private final Supplier<Future<HttpClientRequest>> connect;
    private final Duration silenceMax;
    private final LongConsumer progress;
    private final Alarm silence;
    private final Promise<Answer> promise = Promise.promise();
    private RestorableSnapshot.@Nullable Bytes source;
    private @Nullable HttpClientRequest request;
    private long sentBytes;
    private boolean allSent;
    private boolean answered;
    private boolean ended;

    private SnapshotUpload(
            Vertx vertx,
            RestorableSnapshot snapshot,
            Supplier<Future<HttpClientRequest>> connect,
            Duration silenceMax,
            LongConsumer progress) {
        this.vertx = vertx;
        this.snapshot = snapshot;
        this.connect = connect;
        this.silenceMax = silenceMax;
        this.progress = progress;
        this.silence = new Alarm(vertx);
    }

    /**
     * Begins it.
     *
     * @param connect makes the request with its headers, not sent yet
     * @param silenceMax how long the application may take nothing, and how long it may think after the last byte
     * @param progress told how many bytes have been sent, rising
     */
    static SnapshotUpload start(
            Vertx vertx,
            RestorableSnapshot snapshot,
            Supplier<Future<HttpClientRequest>> connect,
            Duration silenceMax,
            LongConsumer progress) {
        SnapshotUpload upload = new SnapshotUpload(vertx, snapshot, connect, silenceMax, progress);
        upload.open();
        return upload;
    }

    /** Fails with {@link AppFailure} only. */
    Future<Answer> result() {
        return promise.future();
    }

    long sentBytes() {
        return sentBytes;
    }

    void abort(String why) {
        fail(Cause.ABORTED, why);
    }

    private void open() {
        // Before the application is asked for anything: a snapshot that is gone is no reason to disturb it.
        Future.<Void>succeededFuture().compose(go -> snapshot.opener().open()).onComplete(result -> {
            if (result.failed()) {
                unreadable(result.cause());
                return;
            }
            source = result.result();
            if (ended) {
                source.close();
                return;
            }
            listen();
            connect.get().onComplete(this::connected);
        });
    }

    private void unreadable(Throwable cause) {
        fail(Cause.LOG, "cannot be given the snapshot, it cannot be read: " + cause.getMessage());
    }

    private void listen() {
        silence.set(
                silenceMax.toMillis(),
                () -> fail(Cause.TIMEOUT, "took nothing of the snapshot for " + silenceMax.toMillis() + " ms"));
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (result.failed()) {
            fail(Cause.UNREACHABLE, "cannot be reached: " + result.cause().getMessage());
            return;
        }
        HttpClientRequest opened = result.result();
        request = opened;
        opened.exceptionHandler(this::brokeOff);
        if (ended) {
            opened.reset();
            return;
        }
        opened.putHeader("Content-Length", Long.toString(snapshot.bytes()));
        opened.response().onComplete(this::answered);
        nextPiece(opened);
    }

    private boolean over() {
        return ended || answered;
    }

    private void nextPiece(HttpClientRequest to) {
        RestorableSnapshot.Bytes from = source;
        if (over() || from == null) {
            return;
        }
        // While our own disk works, the application's silence counts for nothing.
        silence.cancel();
        Future.<Void>succeededFuture().compose(go -> from.next()).onComplete(result -> {
            if (over()) {
                return;
            }
            if (result.failed()) {
                unreadable(result.cause());
            } else if (result.result().isPresent()) {
                send(to, result.result().get(), 0);
            } else {
                finish(to);
            }
        });
    }

    private void send(HttpClientRequest to, Payload piece, int offset) {
        if (over()) {
            return;
        }
        int length = Math.min(SLICE_BYTES, piece.length() - offset);
        if (sentBytes + length > snapshot.bytes()) {
            fail(Cause.LOG, "cannot be given the snapshot, which is longer than its " + snapshot.bytes() + " bytes");
            return;
        }
        listen();
        to.write(Buffer.buffer(length).appendBytes(piece.array(), offset, length))
                .onComplete(written -> onWritten(to, piece, offset + length, length, written));
    }

    private void onWritten(HttpClientRequest to, Payload piece, int offset, int length, AsyncResult<Void> written) {
        if (over()) {
            return;
        }
        if (written.failed()) {
            brokeOff(written.cause());
            return;
        }
        sentBytes += length;
        progress.accept(sentBytes);
        if (offset < piece.length()) {
            send(to, piece, offset);
        } else {
            // By way of the event loop: others get their turn, and the stack does not grow with the snapshot.
            vertx.runOnContext(turn -> nextPiece(to));
        }
    }

    private void finish(HttpClientRequest to) {
        if (sentBytes < snapshot.bytes()) {
            fail(
                    Cause.LOG,
                    "cannot be given the snapshot, which ends after " + sentBytes + " of " + snapshot.bytes()
                            + " bytes");
            return;
        }
        allSent = true;
        listen();
        to.end().onFailure(this::brokeOff);
    }

    private void answered(AsyncResult<HttpClientResponse> result) {
        if (result.failed()) {
            brokeOff(result.cause());
            return;
        }
        if (ended) {
            return;
        }
        answered = true;
        listen();
        HttpClientResponse response = result.result();
        response.exceptionHandler(this::brokeOff);
        Optional<String> format = Optional.ofNullable(response.getHeader("Outrigger-Format"));
        AppReply.beginningOf(response).onSuccess(reply -> complete(new Answer(reply, format)));
    }

    private void complete(Answer answer) {
        if (!allSent && answer.reply().status() / 100 == 2) {
            fail(Cause.MALFORMED, answer.reply().describe() + " before it had all of the snapshot");
        } else if (end()) {
            promise.complete(answer);
        }
    }

    private void brokeOff(Throwable cause) {
        fail(Cause.RESET, "broke off the connection: " + cause.getMessage());
    }

    private void fail(Cause cause, String detail) {
        if (end()) {
            promise.fail(new AppFailure(cause, detail));
        }
    }

    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        silence.cancel();
        if (source != null) {
            source.close();
        }
        if (request != null) {
            request.reset(); // Of no effect on an exchange that is complete.
        }
        return true;
    }
}
