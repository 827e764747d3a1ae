package dev.outrigger.sdk;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The command was handed over and may have been executed, may yet be, or may never be; or it was, and its result is lost
 * ({@link #applied}). Within a session the SDK has tried until the deadline to find out. Submitting it again could
 * execute it twice: find out by reading the state.
 */
public final class OutcomeUnknownException extends OutriggerException {
    private static final long serialVersionUID = 1L;

    private final long index;

    OutcomeUnknownException(String message, @Nullable String code, long index, Outcome outcome) {
        super(message, code, outcome);
        this.index = index;
    }

    static OutcomeUnknownException lost(String message) {
        return new OutcomeUnknownException(message, null, 0, Outcome.UNKNOWN);
    }

    /** The same doubt, told together with what became of later attempts. */
    OutcomeUnknownException after(int attempts, OutriggerException last) {
        String more = last == this || last.getMessage().equals(getMessage()) ? "" : "; at last: " + last.getMessage();
        return new OutcomeUnknownException(
                getMessage() + " (after " + attempts + (attempts == 1 ? " attempt" : " attempts") + more + ")",
                problemCode().orElse(null),
                index,
                outcome());
    }

    /** Where the command stands in the log if it is executed, when known. */
    public OptionalLong index() {
        return index == 0 ? OptionalLong.empty() : OptionalLong.of(index);
    }

    /** Whether it is certain that the command was executed, and only its result is lost. */
    public boolean applied() {
        return outcome() == Outcome.APPLIED;
    }
}
