package dev.outrigger.examples.lightbulb;

import dev.outrigger.sdk.Outrigger;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds out whether the picture is current: a barrier says that the local application has applied everything that was
 * committed. Asks now and then while somebody looks, so that a page cut off from the cluster says so.
 */
final class Freshness implements AutoCloseable {
    private static final Duration BARRIER_WAIT = Duration.ofMillis(1_500);
    private static final long EVERY_SECONDS = 2;

    private final Outrigger outrigger;
    private final LivePicture picture;
    private final AtomicInteger viewers = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "freshness");
        thread.setDaemon(true);
        return thread;
    });

    Freshness(Outrigger outrigger, LivePicture picture) {
        this.outrigger = outrigger;
        this.picture = picture;
        clock.scheduleWithFixedDelay(this::checkIfWatched, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    /** Completes, never exceptionally, once the picture shows what is known. */
    CompletableFuture<Void> check() {
        return outrigger.barrier(BARRIER_WAIT).handle((index, failure) -> {
            picture.doubt(Optional.ofNullable(failure).map(Throwable::getMessage));
            return null;
        });
    }

    /** Somebody has begun to look, unless as many do as are allowed. */
    boolean enter(int viewersMax) {
        if (viewers.incrementAndGet() > viewersMax) {
            viewers.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        viewers.decrementAndGet();
    }

    private void checkIfWatched() {
        if (viewers.get() > 0) {
            check();
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
