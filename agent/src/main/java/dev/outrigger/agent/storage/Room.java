package dev.outrigger.agent.storage;

/**
 * What is left on the disk.
 *
 * @param usableBytes what the file system still gives to this process
 * @param level what follows from it
 */
public record Room(long usableBytes, Level level) {
    /** Rising in need. */
    public enum Level {
        /** Enough. */
        AMPLE,
        /** Below the reserve: new commands are refused, what is under way goes on. */
        SHORT,
        /** The log can take nothing more: what is to be written waits until there is space again. */
        NONE
    }
}
