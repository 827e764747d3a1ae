package dev.outrigger.agent.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread of its own for what blocks on the disk. Callers are on the event loop and get their answers there, in the order
 * of their calls. Never interrupted: a force on an interrupted thread would close the file. Its queue is bounded by its
 * callers.
 */
final class DiskThread {
    private final Context context;
    private final ThreadPoolExecutor thread;

    DiskThread(String name, Context context) {
        this.context = context;
        this.thread = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, name));
    }

    <T> Future<T> run(Callable<T> task) {
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

    /** Ends after what is under way and {@code last}. */
    Future<Void> close(Runnable last) {
        Future<Void> closed = run(() -> {
                    last.run();
                    return last;
                })
                .mapEmpty();
        thread.shutdown();
        return closed;
    }
}
