package dev.outrigger.sdk;

import java.time.Duration;
import java.util.List;

/**
 * Brings a batch of calls to the agent. Called by the sender threads of a {@link Lane}, several at once.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 */
interface Exchange<Q, A> {
    /**
     * Sends those calls of the batch that may be handed over, and waits. Settles each call or asks for a retry of it, and
     * does neither for a call whose answer was lost.
     *
     * @param waitAtMost time until the last of the deadlines
     */
    void perform(List<Call<Q, A>> batch, Duration waitAtMost);

    /** What a call fails with when it was handed over and its answer is lost. */
    OutriggerException lost(String why);
}
