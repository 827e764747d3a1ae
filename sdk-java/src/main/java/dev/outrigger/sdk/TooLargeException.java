package dev.outrigger.sdk;

import org.jspecify.annotations.Nullable;

/** The command or query is larger than this client or the agent takes. Certainly not executed; a retry fails alike. */
public final class TooLargeException extends OutriggerException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message, @Nullable String code) {
        super(message, code, Outcome.NONE);
    }
}
