package dev.outrigger.agent.storage;

import org.jspecify.annotations.Nullable;

/**
 * What is on the disk is not what was made durable there. What is missing may have been acknowledged, so this disk must
 * not take part any more; the message says which file and index are concerned.
 */
public class DamagedStorageException extends StorageException {
    private static final long serialVersionUID = 1L;

    public DamagedStorageException(String message) {
        super(message);
    }

    public DamagedStorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
