package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.BackupSeal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.function.Supplier;

/** The latest snapshot as a backup, for people. On the event loop. */
final class BackupDownloads {
    /** Backups are rare; more of them at once share one disk and one rate. */
    private static final int DOWNLOADS_MAX = 4;

    private static final int PIECE_BYTES = 256 << 10;

    private final Supplier<Optional<Snapshot>> latest;
    private final SnapshotThread thread;
    private final Throttle throttle;
    private final SnapshotMetrics metrics;
    private int underWay;

    /** @param latest the latest snapshot on this disk that is in force */
    BackupDownloads(
            Supplier<Optional<Snapshot>> latest, SnapshotThread thread, Throttle throttle, SnapshotMetrics metrics) {
        this.latest = latest;
        this.thread = thread;
        this.throttle = throttle;
        this.metrics = metrics;
    }

    /** Begins one; the caller closes it. The future never fails. */
    Future<Answer<BackupDownload>> begin() {
        Optional<Snapshot> found = latest.get();
        if (found.isEmpty()) {
            return Future.succeededFuture(none("No snapshot is on this disk yet; POST /v1/snapshots takes one."));
        }
        if (underWay == DOWNLOADS_MAX) {
            return Future.succeededFuture(new Answer.Failed<>(Problem.of(
                    Code.OVERLOADED,
                    Outcome.NONE,
                    DOWNLOADS_MAX + " snapshots are on their way already, the most at once.")));
        }
        underWay++;
        Snapshot snapshot = found.get();
        return thread.head(snapshot)
                .map(head -> head.<Answer<BackupDownload>>map(
                                read -> new Answer.Ok<>(new Download(snapshot, read.format())))
                        .orElseGet(() ->
                                none("The snapshot at index " + snapshot.index() + " is rotten; POST /v1/snapshots.")))
                .otherwise(e -> none("The snapshot at index " + snapshot.index() + " cannot be read: " + e))
                .onSuccess(answer -> {
                    if (answer instanceof Answer.Failed) {
                        underWay--;
                    }
                });
    }

    private static Answer<BackupDownload> none(String detail) {
        return new Answer.Failed<>(Problem.of(Code.NOT_FOUND, Outcome.NONE, detail));
    }

    private final class Download implements BackupDownload {
        private final Snapshot snapshot;
        private final String format;
        private long offset;
        private boolean closed;

        Download(Snapshot snapshot, String format) {
            this.snapshot = snapshot;
            this.format = format;
        }

        @Override
        public Snapshot snapshot() {
            return snapshot;
        }

        @Override
        public String format() {
            return format;
        }

        @Override
        public long bytes() {
            return snapshot.bytes() + BackupSeal.BYTES;
        }

        @Override
        public Future<Optional<Payload>> next() {
            if (offset > snapshot.bytes()) {
                return Future.succeededFuture(Optional.empty());
            }
            if (offset == snapshot.bytes()) {
                offset++;
                BackupSeal seal = new BackupSeal(snapshot.bytes(), (int) snapshot.checksum());
                return Future.succeededFuture(Optional.of(Payload.of(seal.encode())));
            }
            int bytesMax = (int) Math.min(PIECE_BYTES, snapshot.bytes() - offset);
            Promise<Optional<Payload>> next = Promise.promise();
            throttle.run(bytesMax, () -> read(bytesMax).onComplete(next));
            return next.future();
        }

        private Future<Optional<Payload>> read(int bytesMax) {
            return thread.read(snapshot, offset, bytesMax)
                    .compose(piece -> piece.isPresent()
                            ? Future.succeededFuture(piece)
                            : Future.<Optional<Payload>>failedFuture("the snapshot at index " + snapshot.index()
                                    + " was replaced or is rotten, from byte " + offset + " on"))
                    .onSuccess(piece -> {
                        offset += piece.orElseThrow().length();
                        metrics.sent(piece.orElseThrow().length());
                    });
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                underWay--;
            }
        }
    }
}
