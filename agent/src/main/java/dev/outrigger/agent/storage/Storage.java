package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;
import java.util.Optional;

/**
 * A member's durable memory: hard state and log.
 *
 * <p>Threading: all of it is called on the one log thread, except {@link #recovered()}, {@link #bytesOnDisk()} and {@link
 * #close()} (after the log thread has ended). Every method may block on the disk. Never interrupt the caller: a force on
 * an interrupted thread closes the file.
 *
 * <p>Failure: any exception from {@link #persist} means that nothing may be acknowledged any more. The process stops; a
 * failed force is never repeated, since the kernel may have dropped the pages and would then report success.
 */
public interface Storage extends AutoCloseable {
    /** What was found at start, fixed for the life of this object. */
    Recovered recovered();

    /**
     * Makes all of it durable before it returns: first the hard state, then the snapshot in the place of what is before it,
     * then the entries. Stored entries at or after the first index of {@code entries} are superseded.
     *
     * @param hardState present when it changed
     * @param install a snapshot that is whole in {@link #snapshots()}; the log drops what it covers, and, unless it holds an
     *     entry of the snapshot's term at its index, what follows too
     * @param entries consecutive; the first index is at most last index + 1; may be empty
     * @throws NoRoomException when the disk has no room for entries; the hard state may be durable, else nothing changed, and
     *     this alone is no failure
     * @throws StorageException when it could not be made durable
     */
    void persist(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries);

    /** The same without a snapshot. */
    default void persist(Optional<HardState> hardState, List<Entry> entries) {
        persist(hardState, Optional.empty(), entries);
    }

    /**
     * Deletes whole segments of which nothing from {@code firstIndex} on is needed, and gives their space back.
     *
     * @param firstIndex at most the index after a snapshot that is whole here and that the log follows from
     * @return first index that the log still holds, at most {@code firstIndex}
     * @throws NoRoomException when the disk is so full that not even that could be noted; nothing changed, and it is no failure
     */
    long compact(long firstIndex);

    /** The snapshots on this disk, with their own threading. */
    SnapshotStore snapshots();

    /** What is left on the disk. Cheap, any thread. */
    Room room();

    /**
     * Reads consecutive entries in order.
     *
     * @param firstIndex where to begin; from first to last index of the log
     * @param bytesMax stop before the sum of {@link Entry#sizeBytes()} passes this, but give at least one entry
     * @throws StorageException when an entry that must be there cannot be read
     */
    List<Entry> read(long firstIndex, int bytesMax);

    /**
     * Durably remembers which cluster this disk belongs to. Called when the cluster is formed; on the log thread.
     *
     * @throws NoRoomException when the disk has no room for it; nothing changed, and it is no failure
     * @throws StorageException when it could not be made durable
     */
    void saveCluster(ClusterIdentity cluster);

    /**
     * Present when what was on this disk before was damaged and put aside: the id of the cluster that it belonged to, or an
     * empty text when not even that could be read. Such a disk is empty, but must never take part in forming a cluster:
     * there is one. Fixed for the life of this object; any thread.
     */
    default Optional<String> rejoins() {
        return Optional.empty();
    }

    /** The mark that {@link #saveQuarantine} left; empty when there is none. As of the start; any thread. */
    default Optional<Quarantine> quarantine() {
        return Optional.empty();
    }

    /**
     * Durably marks this member as one whose application went another way, or, when empty, takes the mark away. On the log
     * thread.
     *
     * @throws NoRoomException when the disk has no room for it; nothing changed, and it is no failure
     * @throws StorageException when it could not be made durable
     */
    default void saveQuarantine(Optional<Quarantine> quarantine) {
        throw new UnsupportedOperationException("this disk keeps no marks");
    }

    /** What was put aside and is still kept, oldest first. Looks at the disk, so it may block; any thread. */
    default List<PutAside> putAside() {
        return List.of();
    }

    /** Bytes of the log's records, without what is laid out for more of them, and without snapshots. Cheap, any thread. */
    long logBytes();

    /** Bytes that all of it occupies on disk, laid out space and snapshots included. Cheap, any thread. */
    long bytesOnDisk();

    @Override
    void close();

    /**
     * @param storageId identity of this disk, made when it was formatted; a member is name + storage id
     * @param bootEpoch rises with every start on this disk, from 1; fences whatever an earlier start left under way
     * @param hardState latest durable hard state
     * @param log outline of the durable log, with the latest snapshot that it follows from
     * @param cluster the cluster this disk belongs to, empty before it was formed
     */
    record Recovered(
            String storageId, long bootEpoch, HardState hardState, LogOutline log, Optional<ClusterIdentity> cluster) {}
}
