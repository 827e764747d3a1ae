package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The part of the log that the application channel may see. Called on the owner's event loop. */
public interface CommittedLog {
    /** First index kept, from 1. */
    long firstIndex();

    /** Highest index that is both committed and durable here: what may be delivered. Never decreases. */
    long deliverableIndex();

    /** Highest index in the log, committed or not. */
    long lastIndex();

    /** Term of the entry at {@code index}, from {@link #firstIndex()} to {@link #lastIndex()}. */
    long termAt(long index);

    /**
     * Consecutive entries from {@code firstIndex}, at least one, none after {@link #deliverableIndex()}. Served from
     * memory when they are recent, else from disk. Fails when they cannot be read, also because they have been dropped in
     * favour of a snapshot; the application is asked again then.
     *
     * @param firstIndex from {@link #firstIndex()} to {@link #deliverableIndex()}
     * @param bytesMax stop before the sum of {@link Entry#sizeBytes()} passes this
     */
    Future<List<Entry>> read(long firstIndex, int bytesMax);

    /** The latest snapshot that the application may be given; none where none was taken or received. */
    default Optional<RestorableSnapshot> snapshot() {
        return Optional.empty();
    }

    /** Whether the command at {@code index} was decided, and that is committed, to be passed over. */
    default boolean isSkipped(long index) {
        return false;
    }

    /**
     * The session table that goes with {@link #snapshot()}, encoded: that of its index, or of a later one up to which
     * nothing was for the application. Fails when it cannot be read.
     */
    default Future<Payload> sessions(RestorableSnapshot snapshot) {
        return Future.failedFuture("there is no snapshot");
    }

    /** What was last {@linkplain #keepCheckpoint kept}; empty when nothing was, or it is damaged. */
    default Future<Optional<Payload>> checkpoint() {
        return Future.succeededFuture(Optional.empty());
    }

    /**
     * Writes this in the place of what was kept before. It may be lost.
     *
     * @param encoding makes it, on another thread
     */
    default Future<Void> keepCheckpoint(Supplier<Payload> encoding) {
        return Future.succeededFuture();
    }
}
