package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Storage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that touches the disk. Its callers are on the event loop and get their answers there. Never
 * interrupted: a force on an interrupted thread would close the file.
 *
 * <p>Its queue is bounded by its callers: one persist at a time, one read for each follower and one for the application.
 */
final class LogThread {
    private final Storage storage;
    private final Context context;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, "outrigger-log"));

    LogThread(Storage storage, Context context) {
        this.storage = storage;
        this.context = context;
    }

    /** Completes with the nanoseconds it took, once all of it is durable. */
    Future<Long> persist(Optional<HardState> hardState, List<Entry> entries) {
        return run(() -> {
            long startNanos = System.nanoTime();
            storage.persist(hardState, entries);
            return System.nanoTime() - startNanos;
        });
    }

    Future<List<Entry>> read(long firstIndex, int bytesMax) {
        return run(() -> storage.read(firstIndex, bytesMax));
    }

    Future<Void> saveCluster(ClusterIdentity cluster) {
        return run(() -> {
                    storage.saveCluster(cluster);
                    return cluster;
                })
                .mapEmpty();
    }

    /** Ends after what is under way, and closes the storage. */
    Future<Void> close() {
        Future<Void> closed = run(() -> {
                    storage.close();
                    return storage;
                })
                .mapEmpty();
        thread.shutdown();
        return closed;
    }

    private <T> Future<T> run(Callable<T> task) {
        Promise<T> promise = Promise.promise();
        thread.execute(() -> {
            try {
                T value = task.call();
                context.runOnContext(ignored -> promise.complete(value));
            } catch (Throwable failure) {
                // InternalError too: a full disk reaches a memory-mapped file as one.
                context.runOnContext(ignored -> promise.fail(failure));
            }
        });
        return promise.future();
    }
}
