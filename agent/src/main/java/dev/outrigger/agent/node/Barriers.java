package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Callers that wait until the local application has caught up: with what was committed when they came (linearizable
 * reads), or with an index they name. Those who come while a read is being confirmed share the next one. On the event
 * loop.
 */
final class Barriers {
    /**
     * A read whose answer has not come by then is probably lost: it is asked for anew, under a new number. The answer to an
     * earlier number still counts, or a link slower than this would never let a read through.
     */
    private static final long LOST_AFTER_NANOS = Duration.ofMillis(500).toNanos();

    private final int waitingMax;
    private final LongConsumer askLeader;
    private final LongSupplier appliedIndex;
    private final Supplier<Problem> unable;

    private final TreeSet<Waiter> byDeadline =
            new TreeSet<>(Comparator.comparingLong((Waiter waiter) -> waiter.deadlineNanos)
                    .thenComparingLong(waiter -> waiter.sequence));
    private final PriorityQueue<Waiter> byIndex = new PriorityQueue<>(Comparator.comparingLong(waiter -> waiter.index));
    private List<Waiter> next = new ArrayList<>();
    private List<Waiter> asked = new ArrayList<>();
    private long nextReadId;
    private long askedReadId;
    private long askedNanos;
    private boolean holding;
    private long nextSequence;

    /**
     * @param askLeader asks the core for a read index under this number
     * @param unable why a caller that reaches its deadline was not served
     * @param firstReadId ids rise from here and must never have been used, not even by an earlier start
     */
    Barriers(
            int waitingMax,
            LongConsumer askLeader,
            LongSupplier appliedIndex,
            Supplier<Problem> unable,
            long firstReadId) {
        this.waitingMax = waitingMax;
        this.askLeader = askLeader;
        this.appliedIndex = appliedIndex;
        this.unable = unable;
        this.nextReadId = firstReadId;
    }

    int waiting() {
        return byDeadline.size();
    }

    /** Everything that was committed when this was called is applied. */
    Future<Answer<Long>> barrier(Duration wait) {
        return enqueue(wait, waiter -> next.add(waiter));
    }

    /** Everything up to {@code index} is applied. */
    Future<Answer<Long>> applied(long index, Duration wait) {
        if (index <= appliedIndex.getAsLong()) {
            return Future.succeededFuture(new Answer.Ok<>(appliedIndex.getAsLong()));
        }
        return enqueue(wait, waiter -> {
            waiter.index = index;
            byIndex.add(waiter);
        });
    }

    boolean hasWork() {
        return !next.isEmpty() && asked.isEmpty() && !holding;
    }

    /** Asks the leader on behalf of everybody who has come since the last time. */
    void pump() {
        if (hasWork()) {
            asked = next;
            next = new ArrayList<>();
            askedReadId = nextReadId++;
            for (Waiter waiter : asked) {
                if (waiter.firstReadId < 0) {
                    waiter.firstReadId = askedReadId;
                }
            }
            askedNanos = System.nanoTime();
            askLeader.accept(askedReadId);
        }
    }

    void retry() {
        holding = false;
    }

    void granted(ReadGrant grant) {
        if (grant.granted()) {
            serve(asked, grant);
            serve(next, grant);
            appliedIndex(appliedIndex.getAsLong());
        } else if (grant.readId() == askedReadId && !asked.isEmpty()) {
            holding = true;
            asked.addAll(next);
            next = asked;
            asked = new ArrayList<>();
        }
    }

    /** A read index is good for everybody who had come when it was asked for. */
    private void serve(List<Waiter> waiters, ReadGrant grant) {
        waiters.removeIf(waiter -> {
            boolean served = waiter.firstReadId >= 0 && waiter.firstReadId <= grant.readId();
            if (served) {
                waiter.index = grant.readIndex();
                byIndex.add(waiter);
            }
            return served;
        });
    }

    void appliedIndex(long index) {
        while (!byIndex.isEmpty() && byIndex.peek().index <= index) {
            Waiter waiter = byIndex.poll();
            if (byDeadline.remove(waiter)) {
                waiter.promise.complete(new Answer.Ok<>(waiter.index));
            }
        }
    }

    void tick(long nowNanos) {
        holding = false;
        if (!asked.isEmpty() && nowNanos - askedNanos > LOST_AFTER_NANOS) {
            asked.addAll(next);
            next = asked;
            asked = new ArrayList<>();
        }
        while (!byDeadline.isEmpty() && nowNanos - byDeadline.first().deadlineNanos >= 0) {
            Waiter waiter = byDeadline.pollFirst();
            next.remove(waiter);
            asked.remove(waiter);
            byIndex.remove(waiter);
            waiter.promise.complete(new Answer.Failed<>(unable.get()));
        }
    }

    void close(Problem problem) {
        List<Waiter> waiters = List.copyOf(byDeadline);
        byDeadline.clear();
        byIndex.clear();
        next.clear();
        asked.clear();
        waiters.forEach(waiter -> waiter.promise.complete(new Answer.Failed<>(problem)));
    }

    private Future<Answer<Long>> enqueue(Duration wait, Consumer<Waiter> place) {
        if (byDeadline.size() >= waitingMax) {
            return Future.succeededFuture(new Answer.Failed<>(new Problem(
                    Code.OVERLOADED,
                    Outcome.NONE,
                    "Not taken: too many reads wait here. Retry after a moment.",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Duration.ofMillis(100)))));
        }
        Waiter waiter = new Waiter(nextSequence++, System.nanoTime() + wait.toNanos());
        byDeadline.add(waiter);
        place.accept(waiter);
        return waiter.promise.future();
    }

    private static final class Waiter {
        final long sequence;
        final long deadlineNanos;
        final Promise<Answer<Long>> promise = Promise.promise();
        long index;
        /** Number of the first read asked for on its behalf; negative before that. */
        long firstReadId = -1;

        Waiter(long sequence, long deadlineNanos) {
            this.sequence = sequence;
            this.deadlineNanos = deadlineNanos;
        }
    }
}
