package dev.outrigger.sdk;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Certainly not executed, now or ever: safe to try again. The message names the cause in the agent's words. */
public sealed class UnavailableException extends OutriggerException permits OverloadedException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    UnavailableException(String message) {
        this(message, null, null);
    }

    UnavailableException(String message, @Nullable String code, @Nullable Duration retryAfter) {
        super(message, code, Outcome.NONE);
        this.retryAfter = retryAfter;
    }

    /** When a new attempt may go through, where the agent knows. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
