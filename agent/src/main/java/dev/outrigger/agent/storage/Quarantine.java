package dev.outrigger.agent.storage;

/**
 * Marks a member whose application is known to have gone another way than the others'.
 *
 * @param differsFrom the first command that it answered, or applied, otherwise: what it holds from here on is not to be
 *     trusted, and no snapshot of it either
 * @param reason what is known of it, in one line for people
 */
public record Quarantine(long differsFrom, String reason) {
    public Quarantine {
        if (differsFrom < 1) {
            throw new IllegalArgumentException("no command is at index " + differsFrom);
        }
    }
}
