package dev.outrigger.sdk;

/** Too much is waiting in this client already; nothing was sent. Submit less at once, or later. */
public final class OverloadedException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    OverloadedException(String message) {
        super(message);
    }
}
