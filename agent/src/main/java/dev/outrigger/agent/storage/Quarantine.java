package dev.outrigger.agent.storage;

/**
 * Marks a member whose application is known to have gone another way than the others'.
 *
 * @param differsFrom the first command that it answered, or applied, otherwise: what it holds from here on is not to be
 *     trusted, and no snapshot of it either
 * @param trustedSnapshot index of a snapshot from behind that which is to be trusted all the same, since another member's
 *     application gave it; 0 for none
 * @param reason what is known of it, in one line for people
 */
public record Quarantine(long differsFrom, long trustedSnapshot, String reason) {
    public Quarantine {
        if (differsFrom < 1 || trustedSnapshot < 0) {
            throw new IllegalArgumentException("no command is at index " + differsFrom + ", or no snapshot");
        }
    }

    public Quarantine(long differsFrom, String reason) {
        this(differsFrom, 0, reason);
    }

    /** The same with a snapshot of another member. */
    public Quarantine trusting(long snapshotIndex) {
        return new Quarantine(differsFrom, snapshotIndex, reason);
    }

    /** Whether the snapshot at this index is to be trusted. */
    public boolean trusts(long snapshotIndex) {
        return snapshotIndex < differsFrom || snapshotIndex == trustedSnapshot;
    }
}
