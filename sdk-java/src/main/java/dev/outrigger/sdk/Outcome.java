package dev.outrigger.sdk;

/** What is known of a command. */
public enum Outcome {
    /** Certainly not executed, now or ever. */
    NONE,

    /** May have been executed, may yet be, or may never be. */
    UNKNOWN,

    /** Certainly executed. */
    APPLIED
}
