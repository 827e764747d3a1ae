package dev.outrigger.sdk.durable;

/**
 * The database failed. Delivery stands until it is back: the agent asks where the state stands and delivers again from
 * there.
 */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DatabaseException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }

    DatabaseException(String message) {
        super(message);
    }
}
