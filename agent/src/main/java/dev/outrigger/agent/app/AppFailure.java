package dev.outrigger.agent.app;

import java.util.Locale;

/** A call to the application that did not end in a good answer, or the agent's own failure around it. */
final class AppFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong; the lower-case name is the {@code cause} tag of {@code outrigger.app.failures}. */
    enum Cause {
        /** No connection. */
        UNREACHABLE,
        /** No complete answer within the call's time. */
        TIMEOUT,
        /** The connection ended before the answer was complete. */
        RESET,
        /** The answer is longer than the bound. */
        TOO_LARGE,
        /** Another status than expected. */
        STATUS,
        /** 409: the application stands elsewhere, or knows a newer agent. */
        CONFLICT,
        /** An answer of the right status that cannot be understood or does not fit the call. */
        MALFORMED,
        /** Too many queries; nothing was sent. */
        OVERLOAD,
        /** {@code GET} or {@code PUT snapshot} is nothing that the application has. */
        UNSUPPORTED,
        /** The log or a snapshot could not be read. */
        LOG,
        /** What the application gave could not be stored. */
        SINK,
        /** Given up by the agent, because the application fell into doubt or the agent stops. */
        ABORTED,
        /** An unexpected exception in the agent. */
        INTERNAL;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Cause cause;
    private final String detail;

    /** @param detail what happened, to follow a subject: "answered 500: out of memory" */
    AppFailure(Cause cause, String detail) {
        // Expected in the life of an application, so without the cost of a stack trace.
        super(detail, null, false, false);
        this.cause = cause;
        this.detail = detail;
    }

    /** {@code cause} itself when it is one, else an {@link Cause#INTERNAL} failure that names it. */
    static AppFailure of(Throwable cause) {
        return cause instanceof AppFailure failure
                ? failure
                : new AppFailure(Cause.INTERNAL, "could not be served: " + cause);
    }

    Cause cause() {
        return cause;
    }

    String detail() {
        return detail;
    }
}
