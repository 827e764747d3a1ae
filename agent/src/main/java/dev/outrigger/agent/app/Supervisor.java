package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the channel's steps, each at once and on the calling thread. Whatever one throws, the channel goes on; an {@link
 * Error} goes on to the event loop as well. Once closed nothing runs any more.
 */
final class Supervisor implements Executor {
    private static final Logger LOGGER = LoggerFactory.getLogger(AppChannel.class);

    private final AppMetrics metrics;
    private final Consumer<String> afterCrash;
    private String lastCrash = "";
    private boolean closed;

    /** @param afterCrash brings the channel back on its feet; takes what was thrown, in words */
    Supervisor(AppMetrics metrics, Consumer<String> afterCrash) {
        this.metrics = metrics;
        this.afterCrash = afterCrash;
    }

    @Override
    public void execute(Runnable step) {
        if (closed) {
            return;
        }
        try {
            step.run();
        } catch (Throwable thrown) {
            crashed(thrown);
            if (thrown instanceof Error error) {
                throw error;
            }
        }
    }

    private void crashed(Throwable thrown) {
        String crash = thrown.toString();
        metrics.failed("none", new AppFailure(Cause.INTERNAL, crash));
        if (!crash.equals(lastCrash)) {
            lastCrash = crash;
            LOGGER.error("the application channel failed unexpectedly; it asks the application and goes on", thrown);
        }
        if (!closed) {
            afterCrash.accept(crash);
        }
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
