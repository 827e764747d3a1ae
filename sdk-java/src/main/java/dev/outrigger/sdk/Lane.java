package dev.outrigger.sdk;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Calls of one kind and the sender threads that bring them to the agent. A sender takes all that waits, up to the batch
 * bounds, blocks for the answer and takes again: the busier the agent, the larger the batches. Senders start when they
 * are first needed. Safe for many threads; callers never block.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 */
final class Lane<Q, A> {
    /**
     * @param callsMax calls waiting and under way; one more is refused
     * @param bytesMax the same in bytes of requests
     * @param batchCallsMax calls in one request
     * @param batchBytesMax bytes in one request; a single call may be larger
     * @param senders requests under way at once
     * @param window how far the numbers of calls under way may lie apart; 0 for calls without numbers
     */
    record Limits(int callsMax, long bytesMax, int batchCallsMax, int batchBytesMax, int senders, int window) {}

    private static final Logger LOG = System.getLogger(Lane.class.getName());

    private final Limits limits;
    private final Exchange<Q, A> exchange;
    private final CallQueue<Q, A> queue;
    private final ThreadFactory threads;
    private final List<Thread> senders = new ArrayList<>();
    /** Set in the threads that send. */
    private final ThreadLocal<Boolean> sending = new ThreadLocal<>();

    private volatile boolean complete;

    Lane(String name, Limits limits, Exchange<Q, A> exchange) {
        this.limits = limits;
        this.exchange = exchange;
        this.queue = new CallQueue<>(limits);
        this.threads = new DaemonThreads("outrigger-" + name);
    }

    /** Queues the call, or fails it when the lane is full or closed. */
    void offer(Call<Q, A> call) {
        Optional<UnavailableException> refusal = queue.offer(call, sendsOnCurrentThread());
        if (refusal.isPresent()) {
            call.fail(refusal.get());
        } else if (!complete) {
            startSender();
        }
    }

    private synchronized void startSender() {
        if (senders.size() < limits.senders() && queue.needsTaker()) {
            Thread sender = threads.newThread(this::sendUntilClosed);
            senders.add(sender);
            sender.start();
            complete = senders.size() == limits.senders();
        }
    }

    private synchronized void ended(Thread sender) {
        senders.remove(sender);
        complete = false;
    }

    private void sendUntilClosed() {
        sending.set(true);
        try {
            for (List<Call<Q, A>> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
                try {
                    perform(batch);
                } catch (RuntimeException | Error e) {
                    LOG.log(Level.ERROR, "A bug in the SDK lost the answers to " + batch.size() + " calls", e);
                } finally {
                    queue.finish(batch).forEach(this::failUnanswered);
                }
            }
        } catch (InterruptedException e) {
            LOG.log(
                    Level.WARNING,
                    "A sender thread was interrupted by a callback and ends; another one starts when needed");
        } finally {
            ended(Thread.currentThread());
        }
    }

    private void perform(List<Call<Q, A>> batch) {
        long now = System.nanoTime();
        long wait = 1;
        for (Call<Q, A> call : batch) {
            wait = Math.max(wait, call.deadlineNanos() - now);
        }
        exchange.perform(batch, Duration.ofNanos(wait));
    }

    private void failUnanswered(Call<Q, A> call) {
        if (call.wantsRetry()) {
            call.failUnsent("no time for another attempt");
        } else if (call.handedOver()) {
            call.fail(exchange.lost("the answer was lost"));
        } else {
            call.failUnsent("not sent in time");
        }
    }

    /**
     * To be called every few milliseconds: brings back what is to be tried again, fails what is past its deadline.
     *
     * @param callbacks where calls are failed, since that runs code of the caller
     */
    void sweep(long nowNanos, Executor callbacks) {
        CallQueue.Expired<Q, A> expired = queue.expire(nowNanos);
        if (expired.any()) {
            callbacks.execute(() -> {
                expired.unsent().forEach(call -> call.failUnsent("not sent in time: earlier calls wait for answers"));
                expired.lost().forEach(call -> call.fail(exchange.lost("no answer in time")));
            });
        }
    }

    /** Takes no more calls; senders end when each call in hand has its answer or is past its deadline. */
    void close() {
        queue.close();
    }

    /** Once closed: waits for the calls in hand, for at most the time given. Whether none is left. */
    boolean awaitClosed(long atMostNanos) throws InterruptedException {
        return queue.awaitEmpty(atMostNanos);
    }

    /** Whether this is called from a callback of a call of this lane. */
    boolean sendsOnCurrentThread() {
        return sending.get() != null;
    }

    /** What is queued is never sent. What is under way ends with its connection. */
    void abandon() {
        queue.drain().forEach(call -> call.failUnsent("this client was closed"));
    }
}
