package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppStatus.State;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the application stands, and who is told when that changes: owner, meters and log. */
final class Standing {
    private static final Logger LOGGER = LoggerFactory.getLogger(AppChannel.class);
    private static final long DOUBT_LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AppEvents events;
    private final AppMetrics metrics;
    private AppStatus status = AppStatus.beforeFirstContact();
    private AppStatus logged = status;
    private long doubtLoggedNanos = System.nanoTime() - DOUBT_LOG_INTERVAL_NANOS;

    Standing(AppEvents events, AppMetrics metrics) {
        this.events = events;
        this.metrics = metrics;
    }

    AppStatus status() {
        return status;
    }

    boolean is(State state) {
        return status.state() == state;
    }

    void informed(AppInfo info) {
        status = status.informed(info);
    }

    void applied(long index, long term) {
        status = status.applied(index, term);
    }

    void poison(Poison poison) {
        status = status.paused(poison);
    }

    void become(State state) {
        settle(state, Optional.empty());
    }

    void become(State state, String reason) {
        settle(state, Optional.of(reason));
    }

    /** The same, further on: not worth a line in the log. */
    void progress(String reason) {
        change(status.state(), Optional.of(reason));
    }

    private void settle(State state, Optional<String> reason) {
        if (logged.state() != state || !logged.reason().equals(reason)) {
            log(state, reason);
        }
        change(state, reason);
        logged = status;
    }

    private void log(State state, Optional<String> reason) {
        if (reason.isEmpty()) {
            LOGGER.info("application is {} from index {} on", state, status.appliedIndex() + 1);
        } else {
            LOGGER.warn("application is {}: {}", state, reason.get());
        }
    }

    /** For the moment between a failure and the next hand-shake, which may be short and come often. */
    void doubt(String what) {
        String reason = what + "; it is asked where it stands";
        long now = System.nanoTime();
        if (now - doubtLoggedNanos >= DOUBT_LOG_INTERVAL_NANOS) {
            doubtLoggedNanos = now;
            LOGGER.warn("application is in doubt: {}", reason);
        }
        if (!is(State.PAUSED)) {
            change(State.WAITING, Optional.of(reason));
        }
    }

    private void change(State state, Optional<String> reason) {
        if (is(state) && status.reason().equals(reason)) {
            return;
        }
        status = status.as(state, reason);
        metrics.state(state);
        events.stateChanged(status);
    }
}
