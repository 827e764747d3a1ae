package dev.outrigger.sdk;

import java.util.OptionalLong;

/**
 * The command was handed over and may have been executed, may yet be, or may never be. Never retried by this client: a
 * second attempt could execute it twice. Find out by reading the state.
 */
public final class OutcomeUnknownException extends OutriggerException {
    private static final long serialVersionUID = 1L;

    private final long index;
    private final boolean applied;

    OutcomeUnknownException(String message, long index, boolean applied) {
        super(message);
        this.index = index;
        this.applied = applied;
    }

    /** Where the command stands in the log if it is executed, when known. */
    public OptionalLong index() {
        return index == 0 ? OptionalLong.empty() : OptionalLong.of(index);
    }

    /** Whether it is certain that the command was executed, and only its result is lost. */
    public boolean applied() {
        return applied;
    }
}
