package dev.outrigger.sdk;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way to its answer. Whoever settles it first wins; the other fields belong to the {@link Lane} and,
 * while it is under way, to the {@link Exchange}.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 */
final class Call<Q, A> {
    private static final long BACKOFF_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int BACKOFF_DOUBLINGS_MAX = 5;

    private final Q request;
    private final int bytes;
    private final long deadlineNanos;
    private final Reply<A> reply;
    private @Nullable UnavailableException obstacle;
    private long notBeforeNanos;
    private int attempts;
    private boolean alone;

    Call(Q request, int bytes, long deadlineNanos, Reply<A> reply) {
        this.request = request;
        this.bytes = bytes;
        this.deadlineNanos = deadlineNanos;
        this.reply = reply;
    }

    Q request() {
        return request;
    }

    int bytes() {
        return bytes;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    Reply<A> reply() {
        return reply;
    }

    /** Answered, failed, or given up by the caller. */
    boolean settled() {
        return reply.isDone();
    }

    void startAttempt() {
        obstacle = null;
    }

    void succeed(A answer) {
        reply.complete(answer);
    }

    void fail(OutriggerException why) {
        reply.completeExceptionally(why);
    }

    /** Certainly not executed: to be tried again while there is time. */
    void retry(UnavailableException why, long nowNanos) {
        long backoff = BACKOFF_MIN_NANOS << Math.min(attempts++, BACKOFF_DOUBLINGS_MAX);
        obstacle = why;
        notBeforeNanos = nowNanos
                + why.retryAfter()
                        .map(after -> Math.max(after.toNanos(), backoff))
                        .orElse(backoff);
    }

    /** Tried again at once, in a request of its own. */
    void retryAlone(UnavailableException why, long nowNanos) {
        obstacle = why;
        notBeforeNanos = nowNanos;
        alone = true;
    }

    boolean alone() {
        return alone;
    }

    boolean due(long nowNanos) {
        return notBeforeNanos - nowNanos <= 0;
    }

    boolean expired(long nowNanos) {
        return deadlineNanos - nowNanos <= 0;
    }

    boolean wantsRetry() {
        return obstacle != null;
    }

    boolean retryFitsDeadline() {
        return notBeforeNanos - deadlineNanos < 0;
    }

    /** Gives up a call that no attempt has executed. */
    void failUnsent(String why) {
        fail(obstacle == null ? new UnavailableException(why) : obstacle);
    }
}
