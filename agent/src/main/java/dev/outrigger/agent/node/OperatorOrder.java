package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import java.util.Optional;

/**
 * Something an operator waits for: how it is asked of the leader, and how this agent sees that it came to pass. Asking
 * twice must do no more than asking once.
 *
 * @param <T> what a good answer carries
 */
interface OperatorOrder<T> {
    /**
     * How it ended, by what this agent knows now; empty when it has not.
     *
     * @param asked whether the leader may have been asked already
     */
    Optional<Answer<T>> ended(boolean asked);

    /** What to ask of the leader; empty while that cannot be said yet. */
    Optional<Control> control();

    /** The leader has agreed. */
    void accepted(ControlReceipt receipt);

    /** What the operator is told when the leader says no for good: {@link Verdict#INVALID} or {@link Verdict#UNHEALTHY}. */
    Problem refused(Verdict verdict);

    /** Why there was nothing to ask up to the deadline. */
    Problem neverAsked();

    /** What is known at the deadline of what the leader was asked. */
    Problem unfinished();
}
