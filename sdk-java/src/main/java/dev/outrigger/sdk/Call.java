package dev.outrigger.sdk;

import java.time.Duration;
import java.util.Optional;
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
    private long number;
    private @Nullable String session;
    /** Why the last attempt is to be followed by another one. */
    private @Nullable OutriggerException obstacle;
    /** Set for good once an attempt may have been executed. */
    private volatile @Nullable OutcomeUnknownException doubt;

    private long notBeforeNanos;
    private int attempts;
    private boolean alone;
    private boolean over;
    private boolean handedOver;
    private boolean givenUp;

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

    /** Its own for ever within its lane, the same for each attempt; 0 before the first. */
    long number() {
        return number;
    }

    void number(long assigned) {
        number = assigned;
    }

    /** The session of the latest attempt. */
    Optional<String> session() {
        return Optional.ofNullable(session);
    }

    /** Another session than before is only for a call that no attempt in the former can have executed. */
    void session(String joined) {
        session = joined;
    }

    /** Whether an earlier attempt may have been executed. */
    boolean inDoubt() {
        return doubt != null;
    }

    /** Answered, failed, or given up by the caller. */
    boolean settled() {
        return reply.isDone();
    }

    synchronized void startAttempt() {
        obstacle = null;
        handedOver = false;
        attempts++;
    }

    /** There will be no more attempts. */
    void end() {
        over = true;
    }

    boolean over() {
        return over;
    }

    /** To be called just before it is sent; false when it must not be, since its caller is told that it was not. */
    synchronized boolean handOver() {
        handedOver = !givenUp && !settled();
        return handedOver;
    }

    /** Whether the attempt under way is certainly not sent, now or later. */
    synchronized boolean giveUpUnsent() {
        givenUp = !handedOver;
        return givenUp;
    }

    /** Whether the last attempt may have been sent. */
    synchronized boolean handedOver() {
        return handedOver;
    }

    void succeed(A answer) {
        reply.complete(answer);
    }

    /** The last word on the call. */
    void fail(OutriggerException why) {
        reply.completeExceptionally(why);
    }

    /** The last word on the last attempt, which leaves open what became of earlier ones. */
    void failAttempt(OutriggerException why) {
        OutcomeUnknownException open = doubt;
        fail(open == null ? why : open.after(attempts, why));
    }

    /** This attempt was certainly not executed: to be tried again while there is time. */
    void retry(UnavailableException why, long nowNanos) {
        putOff(why, why.retryAfter(), nowNanos);
    }

    /** This attempt may have been executed: to be tried again, under the same number, while there is time. */
    void retryInDoubt(OutcomeUnknownException why, long nowNanos) {
        doubt = why;
        putOff(why, Optional.empty(), nowNanos);
    }

    private void putOff(OutriggerException why, Optional<Duration> retryAfter, long nowNanos) {
        long backoff = BACKOFF_MIN_NANOS << Math.min(attempts - 1, BACKOFF_DOUBLINGS_MAX);
        obstacle = why;
        notBeforeNanos = nowNanos
                + retryAfter.map(after -> Math.max(after.toNanos(), backoff)).orElse(backoff);
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

    /** Gives up a call of which no attempt is under way. */
    void failUnsent(String why) {
        failAttempt(obstacle == null ? new UnavailableException(why) : obstacle);
    }
}
