package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the application, one at a time, beside delivery. What it gives is believed only if it can have been
 * there: at a command that it was given, of the term that the log has.
 */
final class Taking {
    private final Vertx vertx;
    private final AppClient client;
    private final CommittedLog log;
    private final Backlog backlog;
    private final Delivery delivery;
    private final AppMetrics metrics;
    private @Nullable Promise<SnapshotTaken> asked;
    private @Nullable SnapshotDownload underWay;

    Taking(Vertx vertx, AppClient client, CommittedLog log, Backlog backlog, Delivery delivery, AppMetrics metrics) {
        this.vertx = vertx;
        this.client = client;
        this.log = log;
        this.backlog = backlog;
        this.delivery = delivery;
        this.metrics = metrics;
    }

    /** Begins when nothing is under way to the application, so that its sessions are known. The future never fails. */
    Future<SnapshotTaken> take(SnapshotSink sink) {
        if (asked != null) {
            return Future.succeededFuture(new SnapshotTaken.Failed("a snapshot is being taken already"));
        }
        Promise<SnapshotTaken> promise = Promise.promise();
        asked = promise;
        delivery.whenSettled(() -> {
            if (asked == promise) {
                begin(sink, promise);
            }
        });
        return promise.future();
    }

    private void begin(SnapshotSink sink, Promise<SnapshotTaken> promise) {
        long startNanos = System.nanoTime();
        SnapshotSessions sessions =
                new SnapshotSessions(vertx, log, backlog.gate().copy(), backlog.appliedIndex(), () -> asked == promise);
        SnapshotDownload download = client.getSnapshot(sink, this::objection, sessions);
        underWay = download;
        download.result().onComplete(result -> {
            underWay = null;
            asked = null;
            long tookNanos = System.nanoTime() - startNanos;
            if (result.succeeded()) {
                metrics.snapshot("take", "done", tookNanos, result.result().bytes());
                promise.complete(result.result());
            } else {
                promise.complete(failed(AppFailure.of(result.cause()), tookNanos, download.bytes()));
            }
        });
    }

    private SnapshotTaken failed(AppFailure failure, long tookNanos, long bytes) {
        if (failure.cause() == Cause.UNSUPPORTED) {
            metrics.snapshot("take", "unsupported", tookNanos, 0);
            return new SnapshotTaken.Unsupported("the application gives no snapshots, it " + failure.detail());
        }
        metrics.snapshot("take", "failed", tookNanos, bytes);
        metrics.failed("take", failure);
        boolean ours = failure.cause() == Cause.SINK || failure.cause() == Cause.ABORTED;
        return new SnapshotTaken.Failed(ours ? failure.detail() : "the application " + failure.detail());
    }

    /** The application is no longer known to be the one that began to give. */
    void abort(String why) {
        if (underWay != null) {
            underWay.abort(why);
        } else if (asked != null) {
            Promise<SnapshotTaken> waiting = asked;
            asked = null;
            waiting.complete(failed(new AppFailure(Cause.ABORTED, why), 0, 0));
        }
    }

    private Optional<String> objection(long index, long term) {
        if (index > delivery.sentIndex()) {
            return Optional.of("gave a snapshot at index " + index + ", but has been given commands only up to index "
                    + delivery.sentIndex());
        }
        Optional<Long> known = Handshake.termAt(log, index);
        if (known.isEmpty()) {
            return Optional.of("gave a snapshot at index " + index + ", before the log here, which begins at index "
                    + log.firstIndex());
        }
        if (known.get() != term) {
            return Optional.of("gave a snapshot at index " + index + " of term " + term + ", but the log here has term "
                    + known.get() + " at that index");
        }
        return Optional.empty();
    }
}
