package dev.outrigger.agent.cli;

/** What scripts go by. */
final class ExitCode {
    static final int DONE = 0;
    /** Refused or failed; nothing has changed. */
    static final int FAILED = 1;

    static final int USAGE = 2;
    /** May or may not have been executed. */
    static final int OUTCOME_UNKNOWN = 3;

    private ExitCode() {}
}
