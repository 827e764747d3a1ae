package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * One machine's disk and the storage code on it. Outlives the processes that use it. How long things take is not its
 * matter. Everything but {@link #open} is called only while it is open; every method may throw a {@code
 * StorageException}, and the process that met one ends.
 */
interface NodeDisk {
    String storageId();

    /**
     * A process starts: what is on the disk decides what it finds.
     *
     * @throws RuntimeException when the storage refuses to go on with what it found
     */
    Found open();

    /** Writes all of it, as {@link Ready} asks for, with one force. */
    void persist(List<Ready> batch);

    /** Consecutive entries; none when they were compacted away. */
    List<Entry> read(long firstIndex, int bytesMax);

    /** Puts a piece of a snapshot aside; answers how many bytes of it are there. */
    long store(ChunkWrite chunk);

    /** Bytes of a snapshot; empty when it is gone. */
    Optional<Payload> chunk(Snapshot snapshot, long offset, int bytesMax);

    /** Makes it the latest snapshot, durably. */
    void save(Snapshot snapshot, Payload bytes);

    /** Entries before {@code firstIndex} will not be read any more. */
    void compact(long firstIndex);

    /** Size and checksum as the core knows them. */
    long checksum(Payload bytes);

    /** The process ends in the middle of writing {@code underWay}, which may be empty; the machine goes on. */
    void kill(List<Ready> underWay, SplittableRandom random);

    /**
     * The same, but the machine loses what was not forced, as chance has it.
     *
     * @param tear whether a page may be half written
     */
    void powerCut(List<Ready> underWay, boolean tear, SplittableRandom random);

    /** The next force fails. */
    void failNextForce();

    /** Writes fail until it is opened again. */
    void fill();

    /** Changes something that was durable, while no process uses the disk; false when there was nothing to change. */
    boolean rot(SplittableRandom random);

    /** What a starting process finds. */
    record Found(long bootEpoch, HardState hardState, LogOutline outline) {}
}
