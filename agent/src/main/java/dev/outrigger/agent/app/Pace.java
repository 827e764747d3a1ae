package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much the application gets at once, and when to pause. After a failure commands go one at a time, so that the one
 * that cannot be applied is found; batches double again while they are quick, and halve when they take so long that a
 * larger one might time out. The first command of the batch that failed last is the <em>suspect</em>: whatever comes
 * before it is delivered apart from it, even when the application has lost its state and gets everything again.
 */
final class Pace {
    private static final int QUICK_PART_OF_TIMEOUT = 8;
    private static final int SLOW_PART_OF_TIMEOUT = 4;

    private final int batchCommandsMax;
    private final int pauseAfterFailures;
    private final long quickNanos;
    private final long slowNanos;
    private int commandsMax;
    /** 0 for none. */
    private long suspectIndex;
    /** Where the application stands when the suspect is next. */
    private long beforeSuspect;
    /** How often in a row the suspect failed alone. */
    private int failures;

    private @Nullable BatchFailure unconfirmed;

    Pace(int batchCommandsMax, int pauseAfterFailures, Duration callTimeout) {
        this.batchCommandsMax = batchCommandsMax;
        this.pauseAfterFailures = pauseAfterFailures;
        this.quickNanos = callTimeout.toNanos() / QUICK_PART_OF_TIMEOUT;
        this.slowNanos = callTimeout.toNanos() / SLOW_PART_OF_TIMEOUT;
        this.commandsMax = batchCommandsMax;
    }

    int commandsMax(long nextIndex) {
        return nextIndex == suspectIndex ? 1 : commandsMax;
    }

    long lastIndexMax(long nextIndex) {
        return nextIndex < suspectIndex ? suspectIndex - 1 : Long.MAX_VALUE;
    }

    /** A verified answer came after {@code tookNanos}. */
    void delivered(long lastIndex, long tookNanos) {
        if (lastIndex >= suspectIndex) {
            forgetSuspect();
        }
        if (tookNanos < quickNanos) {
            commandsMax = Math.min(batchCommandsMax, 2 * commandsMax);
        } else if (tookNanos > slowNanos) {
            commandsMax = Math.max(1, commandsMax / 2);
        }
    }

    /** Counts for nothing until the application has been asked. */
    void failed(BatchFailure failure) {
        commandsMax = 1;
        unconfirmed = failure;
        if (failure.firstIndex() != suspectIndex) {
            suspectIndex = failure.firstIndex();
            beforeSuspect = failure.prevIndex();
            failures = 0;
        }
    }

    /** The application did not answer when asked: it is away, and the command that was under way is not to blame. */
    void unreachable() {
        unconfirmed = null;
    }

    /**
     * The application has answered and stands at {@code appliedIndex}.
     *
     * @return whether delivery has to pause now
     */
    boolean confirm(long appliedIndex) {
        BatchFailure failure = unconfirmed;
        unconfirmed = null;
        if (appliedIndex >= suspectIndex) {
            forgetSuspect();
        }
        if (failure == null || suspectIndex == 0 || failure.commands() != 1) {
            return false;
        }
        if (failure.cause() == Cause.CONFLICT && appliedIndex != failure.prevIndex()) {
            return false; // It stands elsewhere than the batch assumed, and said so.
        }
        failures++;
        return suspended(appliedIndex);
    }

    /** Whether what follows {@code appliedIndex} has failed too often to be tried again without a pause. */
    boolean suspended(long appliedIndex) {
        return failures >= pauseAfterFailures && appliedIndex == beforeSuspect;
    }

    /** This command is not delivered any more. */
    void passOver(long index) {
        if (index == suspectIndex) {
            unconfirmed = null;
            forgetSuspect();
        }
    }

    private void forgetSuspect() {
        suspectIndex = 0;
        failures = 0;
    }
}
