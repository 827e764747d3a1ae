package dev.outrigger.sdk;

import java.io.IOException;

/** The agent cannot have seen the request, since there was no connection. */
final class NotSentException extends IOException {
    private static final long serialVersionUID = 1L;

    NotSentException(IOException cause) {
        super(cause.toString(), cause);
    }
}
