package dev.outrigger.sdk.testkit;

/** A snapshot could not be taken or restored after so many commands. */
final class SnapshotFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int applied;

    SnapshotFailure(int applied, Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
        this.applied = applied;
    }

    int applied() {
        return applied;
    }
}
