package dev.outrigger.sdk;

/**
 * Why there is no good answer, sorted by what is known of the command. Futures of {@link Outrigger} fail with nothing
 * else.
 */
public abstract sealed class OutriggerException extends RuntimeException
        permits RefusedException, UnavailableException, TooLargeException, OutcomeUnknownException {
    private static final long serialVersionUID = 1L;

    OutriggerException(String message) {
        super(message);
    }

    /** What happened, and what is known of the command. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
