package dev.outrigger.agent.storage.chronicle;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the log thread must not wait for, one thing at a time. */
interface Background extends Executor, AutoCloseable {
    /** Does {@code work} again and again, every {@link #PERIOD_MILLIS}. */
    void repeat(Runnable work);

    /** Returns when nothing is under way any more. */
    @Override
    void close();

    long PERIOD_MILLIS = 100;

    /** A thread of its own. */
    static Background thread(String name) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread worker = new Thread(work, name);
            worker.setDaemon(true);
            return worker;
        });
        return new Background() {
            @Override
            public void repeat(Runnable work) {
                thread.scheduleWithFixedDelay(logged(work), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            }

            @Override
            public void execute(Runnable work) {
                thread.execute(logged(work));
            }

            @Override
            public void close() {
                thread.shutdown();
                try {
                    thread.awaitTermination(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    private static Runnable logged(Runnable work) {
        Logger log = LoggerFactory.getLogger(Background.class);
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) { // else it would not be done again, and nobody would know
                log.error("work in the background of the storage failed; it is tried again", e);
            }
        };
    }
}
