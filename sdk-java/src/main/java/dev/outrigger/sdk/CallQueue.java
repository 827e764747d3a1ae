package dev.outrigger.sdk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls of a {@link Lane}: waiting, put off for a retry, or under way; together never more than the limits. A call
 * gets its number when it is first taken, and numbers that are still in use never lie further apart than the window: a
 * call that finds it full waits. Settles no call itself, since that runs code of the caller, but hands out those that its
 * owner must settle. Safe for many threads.
 */
final class CallQueue<Q, A> {
    /** An answer that is this late may still be the truth about a call; after it the caller is told that it is lost. */
    static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Lane.Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<Call<Q, A>> waiting = new ArrayDeque<>();
    private final ArrayDeque<Call<Q, A>> putOff = new ArrayDeque<>();
    /** Calls with a number, in the order of the numbers; those that are over stay until they are first. */
    private final ArrayDeque<Call<Q, A>> numbered = new ArrayDeque<>();

    private final Set<List<Call<Q, A>>> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private long lastNumber;
    private int calls;
    private long bytes;
    private int idleTakers;
    private boolean starved;
    private boolean closing;
    private boolean abandoned;

    /** Calls whose time is over: {@code unsent} were executed by no attempt, {@code lost} may have been. */
    record Expired<Q, A>(List<Call<Q, A>> unsent, List<Call<Q, A>> lost) {
        boolean any() {
            return !unsent.isEmpty() || !lost.isEmpty();
        }
    }

    CallQueue(Lane.Limits limits) {
        this.limits = limits;
    }

    /**
     * Takes the call in, or says why not.
     *
     * @param fromTaker whether the calling thread takes the next batch as soon as it is done with what it does now
     */
    Optional<UnavailableException> offer(Call<Q, A> call, boolean fromTaker) {
        lock.lock();
        try {
            if (closing) {
                return Optional.of(new UnavailableException("this client is closed"));
            }
            if (calls >= limits.callsMax() || bytes + call.bytes() > limits.bytesMax()) {
                return Optional.of(new OverloadedException(
                        calls + " calls with " + bytes + " bytes wait in this client, which takes no more"));
            }
            calls++;
            bytes += call.bytes();
            if (!fromTaker || !waiting.isEmpty()) {
                // For one call alone it is quicker to wait for this thread than to wake another.
                changed.signal();
            }
            waiting.addLast(call);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether calls wait while nobody is about to take them. */
    boolean needsTaker() {
        lock.lock();
        try {
            return idleTakers == 0 && !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Once closed: waits until nothing is left, for at most the time given. Whether that is so. */
    boolean awaitEmpty(long atMostNanos) throws InterruptedException {
        lock.lock();
        try {
            long left = atMostNanos;
            while (calls > 0 && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return calls == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next batch; empty when the queue is closed and nothing is left. */
    List<Call<Q, A>> take() throws InterruptedException {
        lock.lock();
        try {
            List<Call<Q, A>> batch = collect();
            while (batch.isEmpty() && !(closing && calls == 0)) {
                idleTakers++;
                try {
                    changed.await();
                } finally {
                    idleTakers--;
                }
                batch = collect();
            }
            underWay.add(batch);
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private List<Call<Q, A>> collect() {
        List<Call<Q, A>> batch = new ArrayList<>();
        long batchBytes = 0;
        while (!waiting.isEmpty() && batch.size() < limits.batchCallsMax()) {
            Call<Q, A> next = waiting.getFirst();
            if (next.number() == 0 && windowIsFull()) {
                starved = true;
                break;
            }
            if (!batch.isEmpty() && (next.alone() || batchBytes + next.bytes() > limits.batchBytesMax())) {
                break;
            }
            waiting.removeFirst();
            if (next.settled()) {
                release(next);
                continue;
            }
            if (next.number() == 0 && limits.window() > 0) {
                next.number(++lastNumber);
                numbered.addLast(next);
            }
            next.startAttempt();
            batch.add(next);
            batchBytes += next.alone() ? limits.batchBytesMax() : next.bytes();
        }
        return batch;
    }

    private boolean windowIsFull() {
        while (!numbered.isEmpty() && numbered.getFirst().over()) {
            numbered.removeFirst();
        }
        return !numbered.isEmpty() && lastNumber + 1 - numbered.getFirst().number() >= limits.window();
    }

    /** Ends an attempt: puts off what is to be tried again, and hands out what is neither settled nor put off. */
    List<Call<Q, A>> finish(List<Call<Q, A>> batch) {
        List<Call<Q, A>> left = new ArrayList<>();
        lock.lock();
        try {
            underWay.remove(batch);
            for (Call<Q, A> call : batch) {
                if (!abandoned && !call.settled() && call.wantsRetry() && call.retryFitsDeadline()) {
                    putOff.addLast(call);
                } else {
                    release(call);
                    left.add(call);
                }
            }
            feedStarved();
        } finally {
            lock.unlock();
        }
        left.removeIf(Call::settled);
        return left;
    }

    /** Brings back what is to be tried again now, and hands out what is past its deadline. */
    Expired<Q, A> expire(long nowNanos) {
        Expired<Q, A> expired = new Expired<>(new ArrayList<>(), new ArrayList<>());
        lock.lock();
        try {
            resumeDue(nowNanos);
            giveUp(waiting, nowNanos, expired.unsent());
            giveUp(putOff, nowNanos, expired.unsent());
            feedStarved();
            if (!waiting.isEmpty()) {
                // One that was to be taken by a thread whose callback does not return.
                changed.signal();
            }
            for (List<Call<Q, A>> batch : underWay) {
                for (Call<Q, A> call : batch) {
                    if (!call.settled() && call.expired(nowNanos) && call.giveUpUnsent()) {
                        expired.unsent().add(call);
                    } else if (!call.settled() && call.expired(nowNanos - GRACE_NANOS)) {
                        expired.lost().add(call);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        return expired;
    }

    /** Takes no more calls. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Hands out everything that is not under way, and puts nothing off any more. */
    List<Call<Q, A>> drain() {
        lock.lock();
        try {
            List<Call<Q, A>> drained = new ArrayList<>(waiting);
            drained.addAll(putOff);
            abandoned = true;
            waiting.clear();
            putOff.clear();
            drained.forEach(this::release);
            return drained;
        } finally {
            lock.unlock();
        }
    }

    private void resumeDue(long nowNanos) {
        List<Call<Q, A>> due = new ArrayList<>();
        for (Iterator<Call<Q, A>> each = putOff.iterator(); each.hasNext(); ) {
            Call<Q, A> call = each.next();
            if (call.due(nowNanos)) {
                each.remove();
                due.add(call);
            }
        }
        Collections.reverse(due);
        due.forEach(waiting::addFirst);
        if (!due.isEmpty()) {
            changed.signal();
        }
    }

    private void giveUp(ArrayDeque<Call<Q, A>> queue, long nowNanos, List<Call<Q, A>> unsent) {
        queue.removeIf(call -> {
            boolean expired = call.expired(nowNanos);
            if (expired) {
                release(call);
                unsent.add(call);
            }
            return expired;
        });
    }

    private void release(Call<Q, A> call) {
        calls--;
        bytes -= call.bytes();
        call.end();
        if (closing && calls == 0) {
            changed.signalAll();
            emptied.signalAll();
        }
    }

    /** Room in the window has no other herald. */
    private void feedStarved() {
        if (starved) {
            starved = false;
            changed.signal();
        }
    }
}
