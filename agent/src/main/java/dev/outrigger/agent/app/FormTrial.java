package dev.outrigger.agent.app;

import java.time.Duration;

/**
 * Whether a fast form is worth a try. A form that fails without having worked since it last failed is put off, for 1 s and
 * then for ever longer up to 10 min, and plainer forms are used instead: so an application that lists what it does not
 * speak is served all the same. A form that works is never blamed for a command that the application cannot apply.
 */
final class FormTrial {
    private static final long WAIT_MIN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long WAIT_MAX_NANOS = Duration.ofMinutes(10).toNanos();

    private long waitNanos = WAIT_MIN_NANOS;
    private boolean works;
    private boolean putOff;
    private long untilNanos;

    boolean isDue(long nowNanos) {
        if (putOff && nowNanos - untilNanos >= 0) {
            putOff = false;
        }
        return !putOff;
    }

    void worked() {
        works = true;
        waitNanos = WAIT_MIN_NANOS;
    }

    void failed(long nowNanos) {
        if (!works) {
            putOff = true;
            untilNanos = nowNanos + waitNanos;
            waitNanos = Math.min(WAIT_MAX_NANOS, 2 * waitNanos);
        }
        works = false;
    }
}
