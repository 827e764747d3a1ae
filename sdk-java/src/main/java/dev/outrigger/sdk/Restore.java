package dev.outrigger.sdk;

/** How a restore ended. */
sealed interface Restore {
    /** The state is the snapshot's. */
    record Done() implements Restore {}

    /** Not for this state, which is as it was: the agent asks again where it stands. */
    record Refused(Position applied, String why) implements Restore {}

    /** The state machine does not read this format; the state is as it was. */
    record Unreadable(String why) implements Restore {}

    /** What the state is now nobody knows; nothing counts as applied until a restore goes well. */
    record Failed(Throwable cause) implements Restore {}
}
