package dev.outrigger.sdk;

/** Work that only the leader's application does, such as sending what others must get once. */
@FunctionalInterface
public interface LeaderTask {
    /**
     * Works until it is done or interrupted. Called on a thread of its own, once for each term in which this instance
     * leads; never beside an earlier call, however long that takes to end. It is interrupted when this instance leads no
     * longer, as far as it knows: another instance may have begun before that is known here.
     *
     * @param term the fencing token: whoever receives a side effect refuses a lower one than it has seen
     * @throws Exception is logged, and the task starts again after a second while this instance leads in the same term
     */
    void run(long term) throws Exception;
}
