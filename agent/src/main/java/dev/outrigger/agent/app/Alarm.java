package dev.outrigger.agent.app;

import io.vertx.core.Vertx;

/** One timer at a time; setting it again replaces it. */
final class Alarm {
    private static final long UNSET = -1;

    private final Vertx vertx;
    private long timer = UNSET;

    Alarm(Vertx vertx) {
        this.vertx = vertx;
    }

    void set(long millis, Runnable then) {
        cancel();
        timer = vertx.setTimer(millis, id -> {
            timer = UNSET;
            then.run();
        });
    }

    void cancel() {
        if (timer != UNSET) {
            vertx.cancelTimer(timer);
            timer = UNSET;
        }
    }
}
