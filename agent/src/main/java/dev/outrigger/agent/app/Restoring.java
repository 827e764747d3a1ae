package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.app.SnapshotUpload.Answer;
import io.vertx.core.AsyncResult;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives the application a snapshot, one at a time. Knows nothing of what happens then. */
final class Restoring {
    private static final long PROGRESS_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** What comes of it. Called on the event loop; after {@code stop} nothing comes. */
    interface Outcome {
        /** From time to time. */
        void progressed(RestorableSnapshot snapshot, long sentBytes);

        /** The application says that it has it. */
        void accepted(RestorableSnapshot snapshot);

        /** 422, or it takes no snapshots at all. */
        void refused(RestorableSnapshot snapshot, Answer answer);

        /** It may have it or not. */
        void failed(RestorableSnapshot snapshot, AppFailure failure);
    }

    private final AppClient client;
    private final AppMetrics metrics;
    private final Executor supervised;
    private final Outcome outcome;
    private @Nullable SnapshotUpload underWay;
    private long progressNanos;

    Restoring(AppClient client, AppMetrics metrics, Executor supervised, Outcome outcome) {
        this.client = client;
        this.metrics = metrics;
        this.supervised = supervised;
        this.outcome = outcome;
    }

    void begin(RestorableSnapshot snapshot) {
        stop();
        long startNanos = System.nanoTime();
        progressNanos = startNanos;
        SnapshotUpload upload = client.putSnapshot(snapshot, sent -> progressed(snapshot, sent));
        underWay = upload;
        upload.result().onComplete(result -> {
            if (underWay == upload) {
                underWay = null;
                supervised.execute(() -> ended(snapshot, upload, result, System.nanoTime() - startNanos));
            }
        });
    }

    /** The application may have got all of it nevertheless. */
    void stop() {
        SnapshotUpload upload = underWay;
        underWay = null;
        if (upload != null) {
            upload.abort("was given up");
        }
    }

    private void progressed(RestorableSnapshot snapshot, long sentBytes) {
        long now = System.nanoTime();
        if (underWay != null && now - progressNanos >= PROGRESS_INTERVAL_NANOS) {
            progressNanos = now;
            supervised.execute(() -> outcome.progressed(snapshot, sentBytes));
        }
    }

    private void ended(RestorableSnapshot snapshot, SnapshotUpload upload, AsyncResult<Answer> result, long nanos) {
        if (result.failed()) {
            fail(snapshot, AppFailure.of(result.cause()), nanos, upload.sentBytes());
            return;
        }
        Answer answer = result.result();
        switch (answer.reply().status()) {
            case 204 -> {
                metrics.snapshot("restore", "done", nanos, upload.sentBytes());
                outcome.accepted(snapshot);
            }
            case 404, 405, 422, 501 -> {
                metrics.snapshot("restore", "refused", nanos, upload.sentBytes());
                outcome.refused(snapshot, answer);
            }
            case 409 -> fail(snapshot, failure(Cause.CONFLICT, answer), nanos, upload.sentBytes());
            default -> fail(snapshot, failure(Cause.STATUS, answer), nanos, upload.sentBytes());
        }
    }

    private static AppFailure failure(Cause cause, Answer answer) {
        return new AppFailure(cause, answer.reply().describe());
    }

    private void fail(RestorableSnapshot snapshot, AppFailure failure, long nanos, long sentBytes) {
        metrics.snapshot("restore", "failed", nanos, sentBytes);
        metrics.failed("restore", failure);
        outcome.failed(snapshot, failure);
    }
}
