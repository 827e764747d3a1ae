package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.util.List;

/** What the application channel tells its owner; always on the owner's event loop. Implementations do not throw. */
public interface AppEvents {
    /**
     * The application has answered a batch.
     *
     * @param commands the commands delivered, in order
     * @param results one for each command
     */
    void applied(List<Entry> commands, List<Result> results);

    /**
     * What the application says its state is after the last of the commands that were just reported by {@link #applied};
     * only when it says something. How a log is cut into batches differs between members and runs, and with it the indexes
     * at which this comes.
     *
     * @param index index of that command
     * @param stateHash 1 to 64 bytes
     */
    default void stateHash(long index, Payload stateHash) {}

    /**
     * These entries are done with and did not reach the application; the commands before them were {@linkplain #applied
     * told}, or are lost. Comes before {@link #appliedIndex} reaches them.
     *
     * @param rulings of those that a client may wait for, by rising index
     */
    void passed(List<Ruling> rulings);

    /**
     * The application has applied the commands from {@code firstIndex} to {@code lastIndex}, but what it answered is
     * lost: the answer timed out, broke off or was broken. Whoever waits for one of them can only be told so. Comes after
     * a hand-shake and before {@link #appliedIndex}; the first hand-shake reports everything that the application had
     * applied before this agent started.
     *
     * @param firstIndex first index concerned, inclusive; the range may hold no-ops
     * @param lastIndex last index concerned, inclusive
     */
    void resultsLost(long firstIndex, long lastIndex);

    /**
     * Everything up to {@code index} has been applied, or needs no application (no-ops). Also called after a hand-shake,
     * when it may be lower than before: an application that lost its state starts again.
     */
    void appliedIndex(long index);

    /**
     * The end of a backup at {@code index} changes nothing, here as on every other member. Comes before {@link
     * #appliedIndex} reaches it, and again when an application that lost its state is brought there anew.
     *
     * @param stateBefore whether that is because something was applied before it
     * @param reason in words
     */
    void restoreVoid(long index, boolean stateBefore, String reason);

    /**
     * The application says that the last command it has applied is one that was decided to be passed over. Nothing more is
     * delivered to it before its owner has decided what becomes of it.
     */
    default void appliedSkipped(long index) {}

    /**
     * The application that was put into quarantine has a state from before it went another way, and can go on from there:
     * {@link AppChannel#release} lets it.
     */
    default void cleanState() {}

    /** The state or its reason has changed. */
    void stateChanged(AppStatus status);

    /**
     * What the application answered to one command.
     *
     * @param code 0 done, 1 to 65535 refused by the state machine
     * @param data the result's bytes
     */
    record Result(int code, Payload data) {}
}
