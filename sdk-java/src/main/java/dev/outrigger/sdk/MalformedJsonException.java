package dev.outrigger.sdk;

/** The bytes are not the JSON that was asked for; the message says where and what was expected. */
final class MalformedJsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedJsonException(String message) {
        super(message);
    }
}
