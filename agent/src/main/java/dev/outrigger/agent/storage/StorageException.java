package dev.outrigger.agent.storage;

import org.jspecify.annotations.Nullable;

/**
 * The disk did not do what was asked of it. The message says what happened, to which file and index, and what the user
 * can do.
 */
public class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
