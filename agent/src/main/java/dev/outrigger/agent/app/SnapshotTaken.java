package dev.outrigger.agent.app;

/** How taking a snapshot of the application ended. */
public sealed interface SnapshotTaken {
    /** All of it was handed over. */
    record Taken(long index, long term, long bytes) implements SnapshotTaken {}

    /** The application does not offer snapshots. */
    record Unsupported(String reason) implements SnapshotTaken {}

    /** It broke off, was not what it said, or could not begin; worth another try later. */
    record Failed(String reason) implements SnapshotTaken {}
}
