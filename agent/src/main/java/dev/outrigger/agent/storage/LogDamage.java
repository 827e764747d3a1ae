package dev.outrigger.agent.storage;

/**
 * Bytes that cannot be what was written. The message says what is wrong with the record; whoever reads the log adds the
 * file and the position, and decides whether it is a torn tail or a loss.
 */
public final class LogDamage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public LogDamage(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
