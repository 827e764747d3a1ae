package dev.outrigger.agent.storage;

import org.jspecify.annotations.Nullable;

/**
 * What is on the disk is not what was acknowledged, or cannot be known to be: the member must not go on with it, and
 * nothing on the disk was changed. It may put the data directory aside and rejoin with an empty one. Refusals for any other
 * reason (in use, of another member, no space, an I/O error) are never of this type.
 */
public final class DamagedStorageException extends StorageException {
    private static final long serialVersionUID = 1L;

    public DamagedStorageException(String message) {
        super(message);
    }

    public DamagedStorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
