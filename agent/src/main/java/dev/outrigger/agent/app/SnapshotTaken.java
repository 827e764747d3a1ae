package dev.outrigger.agent.app;

/** The end of an attempt to take a snapshot of the application. */
public sealed interface SnapshotTaken {
    /**
     * The sink has all of it.
     *
     * @param index the application's position in it
     * @param term term of the command there
     * @param bytes how many the application gave, from 0
     */
    record Taken(long index, long term, long bytes) implements SnapshotTaken {}

    /**
     * The application gives no snapshots; it may after an upgrade.
     *
     * @param reason what it answered
     */
    record Unsupported(String reason) implements SnapshotTaken {}

    /**
     * What the sink has got, if anything, is to be thrown away.
     *
     * @param reason one sentence
     */
    record Failed(String reason) implements SnapshotTaken {}
}
