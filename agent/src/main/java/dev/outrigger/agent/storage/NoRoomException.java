package dev.outrigger.agent.storage;

/** There is no room for what was to be written. Nothing was written, and the same may be tried again later. */
public final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NoRoomException(String message) {
        super(message);
    }
}
