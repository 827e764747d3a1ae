package dev.outrigger.sdk.durable;

import java.sql.SQLException;

/** The application failed at a command, and what it did is undone; the transaction is as it was before. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Throwable reason;

    CommandFailure(Throwable reason) {
        super(reason);
        this.reason = reason;
    }

    RuntimeException unwrapped(long index) {
        if (reason instanceof Error error) {
            throw error;
        }
        return reason instanceof SQLException
                ? new DatabaseException("index " + index + " could not be applied", reason)
                : (RuntimeException) reason;
    }
}
