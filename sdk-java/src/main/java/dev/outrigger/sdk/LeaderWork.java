package dev.outrigger.sdk;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LeaderTask} that runs while this instance leads. From {@link AppServer#whileLeading}; safe for many threads.
 */
public final class LeaderWork implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LeaderWork.class.getName());

    private final LeaderTask task;
    private final long pauseMillis;
    private final ThreadFactory threads = new DaemonThreads("outrigger-leader");
    private @Nullable Term current;
    private @Nullable Thread latest;
    private boolean closed;

    LeaderWork(LeaderTask task, Duration pause) {
        this.task = task;
        this.pauseMillis = pause.toMillis();
    }

    /** Work of one term: its thread ends with it. */
    private final class Term implements Runnable {
        private final long term;
        private final @Nullable Thread before;
        private volatile boolean over;

        private Term(long term, @Nullable Thread before) {
            this.term = term;
            this.before = before;
        }

        @Override
        public void run() {
            awaitEndOfWorkBefore();
            try {
                runUntilDone();
            } catch (InterruptedException e) {
                // The term is over.
            }
        }

        /** Even when this term is over by then: the next one waits for this thread only. */
        private void awaitEndOfWorkBefore() {
            while (before != null && before.isAlive()) {
                try {
                    before.join();
                } catch (InterruptedException e) {
                    // Seen in over.
                }
            }
        }

        private void runUntilDone() throws InterruptedException {
            while (!over) {
                try {
                    task.run(term);
                    return;
                } catch (Exception e) {
                    if (over) {
                        return;
                    }
                    LOG.log(
                            Level.ERROR,
                            "Work as leader of term " + term + " failed; starts again in " + pauseMillis + " ms",
                            e);
                }
                Thread.sleep(pauseMillis);
            }
        }
    }

    /** As a listener of {@link AppServer#leadership}. */
    synchronized void accept(Leadership leadership) {
        if (current != null && !(leadership.leads() && leadership.term() == current.term)) {
            stop(current);
        }
        if (leadership.leads() && current == null && !closed) {
            current = new Term(leadership.term(), latest);
            latest = threads.newThread(current);
            latest.start();
        }
    }

    private void stop(Term term) {
        term.over = true;
        current = null;
        if (latest != null) {
            latest.interrupt();
        }
    }

    /** Interrupts the task if it runs, and starts it no more. Does not wait for it. */
    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            stop(current);
        }
    }
}
