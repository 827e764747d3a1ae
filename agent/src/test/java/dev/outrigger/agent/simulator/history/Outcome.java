package dev.outrigger.agent.simulator.history;

/** What the client knows of its operation in the end. */
public enum Outcome {
    /** Executed once, between invocation and return. */
    OK,
    /** Certainly never executed. */
    NONE,
    /** Executed once at any time after the invocation, even after the client gave up, or never. */
    UNKNOWN
}
