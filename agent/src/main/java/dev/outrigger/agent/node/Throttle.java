package dev.outrigger.agent.node;

import io.vertx.core.Vertx;

/** Does what moves bytes at a rate. On the event loop; its callers bound how much waits. */
final class Throttle {
    private final Vertx vertx;
    private final RateLimit limit;
    private boolean closed;

    Throttle(Vertx vertx, long bytesPerSecond) {
        this.vertx = vertx;
        this.limit = new RateLimit(bytesPerSecond, System.nanoTime());
    }

    /** Runs {@code action}, which moves so many bytes, when their turn has come. */
    void run(long bytes, Runnable action) {
        long delayMillis = limit.delayMillis(bytes, System.nanoTime());
        if (delayMillis <= 0) {
            action.run();
        } else {
            vertx.setTimer(delayMillis, ignored -> {
                if (!closed) {
                    action.run();
                }
            });
        }
    }

    /** What waits is not done any more. */
    void close() {
        closed = true;
    }
}
