package dev.outrigger.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The command was agreed on, but the application could not apply it, and an operator decided that every instance passes
 * over it. Certainly not executed. The same command again would stop the application again.
 */
public final class SkippedException extends OutriggerException {
    private static final long serialVersionUID = 1L;

    SkippedException(String message, @Nullable String code) {
        super(message, code, Outcome.NONE);
    }
}
