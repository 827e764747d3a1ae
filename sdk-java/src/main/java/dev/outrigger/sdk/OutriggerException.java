package dev.outrigger.sdk;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no good answer, sorted by what is known of the command. Futures of {@link Outrigger} fail with nothing
 * else.
 */
public abstract sealed class OutriggerException extends RuntimeException
        permits RefusedException, UnavailableException, TooLargeException, SkippedException, OutcomeUnknownException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String code;
    private final Outcome outcome;

    OutriggerException(String message, @Nullable String code, Outcome outcome) {
        super(message);
        this.code = code;
        this.outcome = outcome;
    }

    /** What happened, and what is known of the command. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The agent's stable name of the cause, such as {@code NO_QUORUM}; empty when it is not the agent that says it. */
    public Optional<String> problemCode() {
        return Optional.ofNullable(code);
    }

    /** What is known of the command. A read changes nothing: there it is always {@link Outcome#NONE}. */
    public Outcome outcome() {
        return outcome;
    }
}
