package dev.outrigger.sdk;

/** The bytes are not the frame that was asked for. */
final class MalformedFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedFrameException(String message) {
        super(message);
    }
}
