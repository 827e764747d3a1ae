package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer.Applied;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Commands that came in one request and are answered together. */
final class Submission implements Comparable<Submission> {
    private final long sequence;
    private final long deadlineNanos;
    private final List<Command> commands;
    private final Answer<Applied>[] answers;
    private final Promise<List<Answer<Applied>>> promise = Promise.promise();
    private int open;

    @SuppressWarnings({"unchecked", "rawtypes"})
    Submission(long sequence, long deadlineNanos, List<Order> orders) {
        this.sequence = sequence;
        this.deadlineNanos = deadlineNanos;
        this.answers = new Answer[orders.size()];
        this.open = orders.size();
        this.commands = new ArrayList<>(orders.size());
        for (int slot = 0; slot < orders.size(); slot++) {
            commands.add(new Command(this, slot, orders.get(slot)));
        }
    }

    /** Rises with each that comes. */
    long sequence() {
        return sequence;
    }

    List<Command> commands() {
        return commands;
    }

    Future<List<Answer<Applied>>> future() {
        return promise.future();
    }

    boolean isExpired(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    boolean isComplete() {
        return open == 0;
    }

    /** By deadline; monotonic times are compared by difference, since they may wrap. */
    @Override
    public int compareTo(Submission other) {
        int byDeadline = Long.signum(deadlineNanos - other.deadlineNanos);
        return byDeadline != 0 ? byDeadline : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sequence);
    }

    private void answer(int slot, Answer<Applied> answer) {
        answers[slot] = answer;
        open--;
        if (open == 0) {
            promise.complete(Arrays.asList(answers));
        }
    }

    /** One command on its way. */
    static final class Command {
        private final Submission submission;
        private final int slot;
        private final Order order;
        private boolean answered;
        private boolean proposed;
        private boolean repeated;
        private long index;
        private long term;

        private Command(Submission submission, int slot, Order order) {
            this.submission = submission;
            this.slot = slot;
            this.order = order;
        }

        Submission submission() {
            return submission;
        }

        int slot() {
            return slot;
        }

        /** Handed to the core, and no answer yet whether in vain. */
        boolean isUnderWay() {
            return proposed;
        }

        Order order() {
            return order;
        }

        Payload data() {
            return order.data();
        }

        boolean isAnswered() {
            return answered;
        }

        /** Handed to the core; from here on the outcome is unknown until something tells otherwise. */
        void proposed() {
            proposed = true;
        }

        boolean isProposed() {
            return proposed || repeated;
        }

        /** Proposed before, perhaps in vain: is to be proposed again, and its outcome is unknown all the while. */
        void repeated() {
            withdrawn();
            repeated = true;
        }

        /** Whether an earlier proposal of it may still be executed. */
        boolean isRepeated() {
            return repeated;
        }

        /** Appended by the leader of {@code term} at {@code index}. */
        void appended(long index, long term) {
            this.index = index;
            this.term = term;
        }

        boolean isAppended() {
            return index > 0;
        }

        long index() {
            return index;
        }

        long term() {
            return term;
        }

        /** Certainly not in any log: may be proposed again. */
        void withdrawn() {
            proposed = false;
            index = 0;
            term = 0;
        }

        void answer(Answer<Applied> answer) {
            answered = true;
            submission.answer(slot, answer);
        }
    }
}
