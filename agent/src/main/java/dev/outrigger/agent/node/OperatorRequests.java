package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Operators that wait for a transfer or a change of members. Each is asked of the leader until it agrees or refuses for
 * good, and answered when this agent sees that it came to pass, or at its deadline. On the event loop.
 */
final class OperatorRequests {
    /** Operators are few; who is more than that is a script gone wrong. */
    private static final int WAITING_MAX = 64;

    private final Group group;
    private final long lostAfterNanos;
    private final List<Request<?>> waiting = new ArrayList<>();
    private long nextRequestId;

    /** What the requests need from the group that they are about. */
    interface Group {
        void control(long requestId, Control control);

        boolean leaderKnown();

        Problem noLeader();
    }

    /**
     * @param lostAfter a request whose receipt has not come by then was lost, or the receipt was: it is asked again
     * @param firstRequestId ids rise from here and must never have been used, not even by an earlier start
     */
    OperatorRequests(Group group, Duration lostAfter, long firstRequestId) {
        this.group = group;
        this.lostAfterNanos = lostAfter.toNanos();
        this.nextRequestId = firstRequestId;
    }

    <T> Future<Answer<T>> ask(OperatorOrder<T> order, Duration wait) {
        if (waiting.size() >= WAITING_MAX) {
            return Future.succeededFuture(new Answer.Failed<>(Problem.of(
                    Code.OVERLOADED, Outcome.NONE, "Not taken: " + WAITING_MAX + " such requests wait here already.")));
        }
        Request<T> request = new Request<>(order, System.nanoTime() + wait.toNanos());
        waiting.add(request);
        return request.promise.future();
    }

    /** Asks the leader what is to be asked, and answers what has ended. */
    void look() {
        List.copyOf(waiting).forEach(Request::look);
        waiting.removeIf(Request::isAnswered);
    }

    void receipt(ControlReceipt receipt) {
        List.copyOf(waiting).stream()
                .filter(request -> request.requestId == receipt.requestId())
                .findFirst()
                .ifPresent(request -> request.receipt(receipt));
        waiting.removeIf(Request::isAnswered);
    }

    void tick(long nowNanos) {
        // A copy: whoever is answered may ask anew at once, or end the agent.
        List.copyOf(waiting).forEach(request -> request.tick(nowNanos));
        look();
    }

    /** The agent ends now: whoever still waits learns what is known. */
    void close() {
        List.copyOf(waiting)
                .forEach(request -> request.fail(Problem.of(
                        Code.SHUTTING_DOWN,
                        request.maybeAsked ? Outcome.UNKNOWN : Outcome.NONE,
                        "The agent is shutting down. Ask another agent.")));
        waiting.clear();
    }

    private final class Request<T> {
        private final OperatorOrder<T> order;
        private final long deadlineNanos;
        private final Promise<Answer<T>> promise = Promise.promise();
        /** Of the question that is under way, 0 for none. */
        private long requestId;

        private long askedNanos;
        /** After a refusal for now: until the next tick. */
        private boolean holding;
        /** The leader has agreed, or may have. */
        private boolean maybeAsked;

        private boolean accepted;
        /** A question was lost, or its receipt was. */
        private boolean doubtful;

        private Verdict refusedForNow = Verdict.NO_LEADER;

        Request(OperatorOrder<T> order, long deadlineNanos) {
            this.order = order;
            this.deadlineNanos = deadlineNanos;
        }

        boolean isAnswered() {
            return promise.future().isComplete();
        }

        void look() {
            if (isAnswered()) {
                return;
            }
            Optional<Answer<T>> end = order.ended(maybeAsked);
            if (end.isPresent()) {
                promise.tryComplete(end.get());
                return;
            }
            boolean mayAsk = !accepted && requestId == 0 && !holding && group.leaderKnown();
            Optional<Control> control = mayAsk ? order.control() : Optional.empty();
            if (control.isPresent()) {
                maybeAsked = true;
                requestId = nextRequestId++;
                askedNanos = System.nanoTime();
                group.control(requestId, control.get());
            }
        }

        void receipt(ControlReceipt receipt) {
            requestId = 0;
            switch (receipt.verdict()) {
                case ACCEPTED -> {
                    accepted = true;
                    order.accepted(receipt);
                }
                case NO_LEADER, NOT_LEADER, PENDING -> {
                    holding = true;
                    refusedForNow = receipt.verdict();
                    maybeAsked = doubtful;
                }
                case INVALID, UNHEALTHY -> {
                    // What was lost before may have been agreed to, and makes no sense twice.
                    if (doubtful) {
                        accepted = true;
                    } else {
                        fail(order.refused(receipt.verdict()));
                    }
                }
            }
        }

        void tick(long nowNanos) {
            holding = false;
            if (requestId != 0 && nowNanos - askedNanos > lostAfterNanos) {
                requestId = 0;
                doubtful = true;
            }
            if (nowNanos - deadlineNanos >= 0 && !isAnswered()) {
                fail(late());
            }
        }

        private Problem late() {
            if (maybeAsked) {
                return order.unfinished();
            }
            if (refusedForNow == Verdict.PENDING) {
                return Problem.of(
                        Code.MEMBERSHIP_PENDING,
                        Outcome.NONE,
                        "Another change of members or transfer is under way, or the leader is too new to know. One goes"
                                + " on at a time: wait for it and ask again.");
            }
            return group.leaderKnown() ? order.neverAsked() : group.noLeader();
        }

        void fail(Problem problem) {
            promise.tryComplete(new Answer.Failed<>(problem));
        }
    }
}
