package dev.outrigger.agent.node;

import dev.outrigger.agent.app.RestorableSnapshot;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.StorageException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The one thread that touches snapshots, so that a long one never delays the log. Callers are on the event loop and get
 * their answers there.
 *
 * <p>Its queue is bounded by its callers: one read for each follower, two pieces from a leader, one piece of a snapshot that
 * is taken, and one read for the application and for each download.
 */
final class SnapshotThread {
    private static final int PIECE_BYTES = 256 << 10;

    private final SnapshotStore store;
    private final DiskThread thread;

    SnapshotThread(SnapshotStore store, Context context) {
        this.store = store;
        this.thread = new DiskThread("outrigger-snapshot", context);
    }

    Future<Optional<Payload>> read(Snapshot snapshot, long offset, int bytesMax) {
        return thread.run(() -> store.read(snapshot, offset, bytesMax));
    }

    Future<Long> put(Snapshot snapshot, long offset, Payload bytes) {
        return thread.run(() -> store.put(snapshot, offset, bytes));
    }

    Future<Void> dropOlderThan(Snapshot inForce) {
        return thread.run(() -> {
                    store.dropOlderThan(inForce);
                    return inForce;
                })
                .mapEmpty();
    }

    /** @param head makes it, on this thread */
    Future<SnapshotStore.Draft> begin(Supplier<SnapshotHead> head) {
        return thread.run(() -> store.begin(head.get()));
    }

    Future<Void> write(SnapshotStore.Draft draft, Payload bytes) {
        return thread.run(() -> {
                    draft.write(ByteBuffer.wrap(bytes.array()));
                    return draft;
                })
                .mapEmpty();
    }

    Future<Snapshot> finish(SnapshotStore.Draft draft) {
        return thread.run(draft::finish);
    }

    Future<Void> abandon(SnapshotStore.Draft draft) {
        return thread.run(() -> {
                    draft.close();
                    return draft;
                })
                .mapEmpty();
    }

    Future<Optional<SnapshotHead>> head(Snapshot snapshot) {
        return thread.run(() -> store.head(snapshot));
    }

    /** @param encoding makes them, on this thread */
    Future<Void> keepSessions(Supplier<Payload> encoding) {
        return thread.run(() -> {
                    store.keepSessions(encoding.get());
                    return store;
                })
                .mapEmpty();
    }

    Future<Optional<Payload>> sessions() {
        return thread.run(store::sessions);
    }

    Future<Long> appBytes(Snapshot snapshot) {
        return thread.run(() -> store.appBytes(snapshot));
    }

    /** The application's bytes, to be read piece by piece. */
    Future<RestorableSnapshot.Bytes> open(Snapshot snapshot) {
        return thread.run(() -> store.open(snapshot)
                        .orElseThrow(() -> new StorageException("snapshot at index " + snapshot.index()
                                + " cannot be read any more: it is gone or rotten")))
                .map(AppBytes::new);
    }

    private final class AppBytes implements RestorableSnapshot.Bytes {
        private final InputStream stream;

        AppBytes(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public Future<Optional<Payload>> next() {
            return thread.run(() -> {
                byte[] piece = stream.readNBytes(PIECE_BYTES);
                return piece.length == 0 ? Optional.empty() : Optional.of(Payload.of(piece));
            });
        }

        @Override
        public void close() {
            thread.run(() -> {
                try {
                    stream.close();
                } catch (IOException e) {
                    // it was only read
                }
                return stream;
            });
        }
    }

    /** Ends after what is under way. */
    Future<Void> close() {
        return thread.close(() -> {});
    }
}
