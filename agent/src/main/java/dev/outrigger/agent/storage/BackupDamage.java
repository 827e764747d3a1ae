package dev.outrigger.agent.storage;

/** A backup is not whole. The message says what is wrong and at which byte. */
public final class BackupDamage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BackupDamage(String message) {
        super(message);
    }
}
