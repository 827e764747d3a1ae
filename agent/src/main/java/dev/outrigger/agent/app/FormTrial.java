package dev.outrigger.agent.app;

/**
 * Whether a fast form is worth a try. A form that fails without having worked since it last failed is put off, for a
 * moment and then for ever longer, and plainer forms are used instead: so an application that lists what it does not
 * speak is served all the same. A form that works is never blamed for a command that the application cannot apply.
 */
final class FormTrial {
    private final long waitMinNanos;
    private final long waitMaxNanos;
    private long waitNanos;
    private boolean works;
    private boolean putOff;
    private long untilNanos;

    FormTrial(AppLimits limits) {
        waitMinNanos = limits.formRetryMin().toNanos();
        waitMaxNanos = limits.formRetryMax().toNanos();
        waitNanos = waitMinNanos;
    }

    boolean isDue(long nowNanos) {
        if (putOff && nowNanos - untilNanos >= 0) {
            putOff = false;
        }
        return !putOff;
    }

    void worked() {
        works = true;
        waitNanos = waitMinNanos;
    }

    void failed(long nowNanos) {
        if (!works) {
            putOff = true;
            untilNanos = nowNanos + waitNanos;
            waitNanos = Math.min(waitMaxNanos, 2 * waitNanos);
        }
        works = false;
    }
}
