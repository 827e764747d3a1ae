package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The snapshots on one disk. A snapshot is a file: our part ({@link SnapshotHead}), then the application's bytes, all of it
 * in blocks that carry a checksum each; {@link Snapshot#bytes()} and {@link Snapshot#checksum()} are those of the file. Its
 * size does not matter to memory: everything goes through in pieces.
 *
 * <p>Threading: all of it is called on one thread, the snapshot thread, so that a long snapshot never delays the log;
 * {@link #whole()} and {@link #bytesOnDisk()} on any. Every method may block on the disk.
 *
 * <p>Failure: a {@link StorageException} from here leaves every snapshot that was whole as it was, and touches no log: it is
 * reported, and tried again later. Space that runs out is such a failure.
 */
public interface SnapshotStore {
    /** Every whole snapshot, by rising index. */
    List<Snapshot> whole();

    /** Begins a snapshot that is taken here; one that was begun before and not finished is thrown away. */
    Draft begin(SnapshotHead head);

    /** A snapshot while it is written. */
    interface Draft extends AutoCloseable {
        /** Appends bytes of the application. */
        void write(ByteBuffer bytes);

        /** Bytes written so far. */
        long bytes();

        /** Makes it durable and whole: force, rename, force of the directory. */
        Snapshot finish();

        /** Throws away what was not finished. */
        @Override
        void close();
    }

    /**
     * A piece of the file, as another member is to store it. Every block in it was checked.
     *
     * @param offset from 0 to the snapshot's size
     * @param bytesMax at most this many; fewer only at the end
     * @return empty when it is not there, or rotten; it is no longer whole then
     */
    Optional<Payload> read(Snapshot snapshot, long offset, int bytesMax);

    /**
     * Puts a piece aside, as {@link dev.outrigger.agent.core.message.ChunkWrite} says.
     *
     * @return how many bytes of this snapshot are here, from its start; with the last one it is whole and durable
     */
    long put(Snapshot snapshot, long offset, Payload bytes);

    /** Our part of a snapshot; empty when it is not there or rotten. */
    Optional<SnapshotHead> head(Snapshot snapshot);

    /**
     * The application's part, checked block by block; reading throws {@link IOException} at rot. The caller closes it; it
     * can be read to its end also when the snapshot is dropped meanwhile.
     */
    Optional<InputStream> open(Snapshot snapshot);

    /** How many bytes the application's part has; 0 when the snapshot is not there. */
    long appBytes(Snapshot snapshot);

    /** Reads a backup: a file as it is written here, with its {@link BackupSeal}. Any thread; does not block. */
    BackupDecoder decoder(BackupDecoder.Sink sink);

    /** Deletes every other snapshot that goes no further than {@code inForce}, whole or not. */
    void dropOlderThan(Snapshot inForce);

    /**
     * Puts the clients' sessions of some index in the place of what was kept before, durably: a shortcut at the next start,
     * which may be lost.
     */
    void keepSessions(Payload encoded);

    /** What was last kept; empty when nothing was, or it is damaged. */
    Optional<Payload> sessions();

    /** Bytes of all files here. */
    long bytesOnDisk();
}
