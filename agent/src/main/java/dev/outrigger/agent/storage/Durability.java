package dev.outrigger.agent.storage;

/** What an acknowledgement is worth. */
public enum Durability {
    /** Forced to the disk before anything is acknowledged: survives loss of power. */
    DISK,
    /**
     * Left in the page cache: survives the end of the process, not loss of power. After that a member whose disk
     * lacks something acknowledged begins anew with an empty one when it can see that, but it cannot always see it.
     */
    MEMORY
}
