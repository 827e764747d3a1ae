package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Quarantine;
import dev.outrigger.agent.storage.Storage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The one thread that touches the log. Callers are on the event loop and get their answers there.
 *
 * <p>Its queue is bounded by its callers: one persist at a time, one read for each follower, one for the application and
 * one for a snapshot.
 */
final class LogThread {
    private final Storage storage;
    private final DiskThread thread;
    /** On the log thread. */
    private long firstIndex;

    LogThread(Storage storage, Context context) {
        this.storage = storage;
        this.thread = new DiskThread("outrigger-log", context);
        this.firstIndex = storage.recovered().log().firstIndex();
    }

    /**
     * Completes with the nanoseconds it took, once all of it is durable.
     *
     * @param write is done step by step: after a failure for want of room the same one goes on where it stopped
     */
    Future<Long> persist(LogWrite write) {
        return thread.run(() -> {
            long startNanos = System.nanoTime();
            firstIndex = Math.max(firstIndex, write.persist(storage));
            return System.nanoTime() - startNanos;
        });
    }

    /** Entries from {@code firstIndex} on; none when the log does not go back so far any more. */
    Future<List<Entry>> read(long firstIndex, int bytesMax) {
        return thread.run(() -> firstIndex < this.firstIndex ? List.of() : storage.read(firstIndex, bytesMax));
    }

    /** Gives the space of what is before {@code firstIndex} back; a snapshot holds it. */
    Future<Void> compact(long firstIndex) {
        return thread.run(() -> {
                    this.firstIndex = Math.max(this.firstIndex, storage.compact(firstIndex));
                    return storage;
                })
                .mapEmpty();
    }

    Future<Void> saveCluster(ClusterIdentity cluster) {
        return thread.run(() -> {
                    storage.saveCluster(cluster);
                    return cluster;
                })
                .mapEmpty();
    }

    Future<Void> saveQuarantine(Optional<Quarantine> quarantine) {
        return thread.run(() -> {
                    storage.saveQuarantine(quarantine);
                    return storage;
                })
                .mapEmpty();
    }

    /** Ends after what is under way, and closes the storage. */
    Future<Void> close() {
        return thread.close(storage::close);
    }
}
