package dev.outrigger.sdk;

import java.io.IOException;

/** A snapshot whose format the state machine does not read. To be thrown before anything has changed. */
public final class UnsupportedSnapshotException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message which formats it reads; shown on the status page of the agent */
    public UnsupportedSnapshotException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
