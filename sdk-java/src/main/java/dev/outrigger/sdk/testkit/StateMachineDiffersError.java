package dev.outrigger.sdk.testkit;

/** Two replicas differ. The message is the report. */
public final class StateMachineDiffersError extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final transient CheckReport report;

    StateMachineDiffersError(CheckReport report) {
        super("\n" + report);
        this.report = report;
    }

    public CheckReport report() {
        return report;
    }
}
