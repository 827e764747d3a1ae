package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.disk.PowerLost;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageException;
import dev.outrigger.agent.storage.chronicle.VirtualStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One machine's disk and the storage on it, in the format of production. Outlives the processes that use it. How long
 * things take is not its matter. What is called while a process uses it may throw {@link StorageException}, and the process
 * that met one ends; or {@link PowerLost}, and the process has ended there.
 */
final class NodeDisk {
    /** About as many operations as two writes take. */
    private static final int CRASH_OPERATIONS_MAX = 12;

    private final String node;
    private final int segmentBytes;
    private final SplittableRandom ids;
    private final String storageId;
    private final VirtualDisk disk = new VirtualDisk();
    private VirtualStorage storage;

    NodeDisk(String node, SplittableRandom random) {
        this.node = node;
        this.ids = random;
        this.segmentBytes = (int) Swarm.logUniform(random, 1 << 10, 1 << 16);
        this.storage = VirtualStorage.open(disk, node, segmentBytes, ids);
        this.storageId = storage.recovered().storageId();
        disk.kill();
    }

    String storageId() {
        return storageId;
    }

    /**
     * A process starts: what is on the disk decides what it finds.
     *
     * @throws StorageException when the storage refuses to go on with what it found
     */
    Found open() {
        disk.full(Long.MAX_VALUE);
        storage = VirtualStorage.open(disk, node, segmentBytes, ids);
        Storage.Recovered recovered = storage.recovered();
        return new Found(recovered.bootEpoch(), recovered.hardState(), recovered.log());
    }

    /** Writes all of it, as {@link Ready} asks for; at most one of them installs a snapshot. */
    void persist(List<Ready> batch) {
        Optional<HardState> hardState = Optional.empty();
        Optional<Snapshot> install = Optional.empty();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Ready ready = batch.get(i);
            if (ready.install().isPresent()) {
                write(hardState, install, entries);
                hardState = Optional.empty();
                install = ready.install();
                entries.clear();
            }
            hardState = ready.hardState().isPresent() ? ready.hardState() : hardState;
            entries.addAll(ready.appends());
        }
        write(hardState, install, entries);
    }

    private void write(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries) {
        try {
            storage.persist(hardState, install, entries);
        } catch (StorageException failed) {
            throw judged(failed);
        }
    }

    /** A storage that was asked for what makes no sense must not pass for a disk that failed. */
    private RuntimeException judged(StorageException failed) {
        if (failed.getCause() instanceof IllegalArgumentException misused) {
            return misused;
        }
        return failed;
    }

    /** Consecutive entries; none when they were compacted away. */
    List<Entry> read(long firstIndex, int bytesMax) {
        return firstIndex < storage.firstIndex() || firstIndex > storage.lastIndex()
                ? List.of()
                : storage.read(firstIndex, bytesMax);
    }

    /** Puts a piece of a snapshot aside; answers how many bytes of it are there. */
    long store(ChunkWrite chunk) {
        return storage.putChunk(chunk.snapshot(), chunk.offset(), chunk.bytes().array());
    }

    /** Bytes of a snapshot; empty when it is gone. */
    Optional<Payload> chunk(Snapshot snapshot, long offset, int bytesMax) {
        return storage.readSnapshot(snapshot, offset, bytesMax).map(Payload::of);
    }

    /** Makes it the latest snapshot, durably. */
    void save(Snapshot snapshot, Payload bytes) {
        storage.saveSnapshot(snapshot, bytes.array());
    }

    /** Entries before {@code firstIndex} will not be read any more. */
    void compact(long firstIndex) {
        storage.compact(firstIndex);
    }

    /** Size and checksum as the core knows them. */
    static long checksum(Payload bytes) {
        return VirtualStorage.checksum(bytes.array());
    }

    /** The process ends in the middle of writing {@code underWay}, which may be empty; the machine goes on. */
    void kill(List<Ready> underWay, SplittableRandom random) {
        if (breakOff(underWay, random)) {
            failed(random);
        } else {
            disk.kill();
        }
    }

    /** No fault that was drawn for later comes any more. */
    void heal() {
        disk.heal();
    }

    /**
     * The process ends since the disk did not do what it should. Pages that did not get through a force count as clean, and
     * could be lost long after they were found there again: such a machine is started anew.
     */
    void failed(SplittableRandom random) {
        disk.powerCut(random, false);
    }

    /**
     * The same, but the machine loses what was not forced, as chance has it.
     *
     * @param tear whether a page may be half written
     */
    void powerCut(List<Ready> underWay, boolean tear, SplittableRandom random) {
        breakOff(underWay, random);
        disk.powerCut(random, tear && random.nextBoolean());
    }

    /** Does some of what is under way; whether the disk failed before the process was gone. */
    private boolean breakOff(List<Ready> underWay, SplittableRandom random) {
        if (underWay.isEmpty() || disk.processEnded()) {
            return false;
        }
        disk.crashAtOperation(1 + random.nextInt(CRASH_OPERATIONS_MAX), random);
        try {
            persist(underWay);
        } catch (PowerLost ended) {
            return false;
        } catch (StorageException failed) {
            return true;
        }
        return false;
    }

    /** The process ends within the next few operations of its storage. */
    void crashSoon(RandomGenerator random) {
        disk.crashAtOperation(1 + random.nextInt(CRASH_OPERATIONS_MAX), random);
    }

    /** The next force fails. */
    void failNextForce(RandomGenerator random) {
        disk.failNextSync(random);
    }

    /** There is no room until it is opened again. */
    void fill() {
        disk.full(0);
    }

    /**
     * Changes something that was durable, while no process uses the disk; false when there was nothing to change. In the
     * log that is an older segment: of what the last force wrote nobody can tell later whether it was torn or has rotted.
     * The last file may be one that was begun and never forced; so the last two are spared.
     */
    boolean rot(RandomGenerator random) {
        disk.kill();
        List<String> files = new ArrayList<>();
        List<String> segments = new ArrayList<>();
        for (String path : disk.list("")) {
            if (path.startsWith("log-")) {
                segments.addAll(disk.list(path));
            } else if (path.equals("snapshots")) {
                files.addAll(disk.list(path));
            } else {
                files.add(path);
            }
        }
        List<String> older = segments.subList(0, Math.max(0, segments.size() - 2));
        boolean inLog = !older.isEmpty() && random.nextInt(4) > 0;
        List<String> choice = inLog ? older : files;
        return disk.rot(choice.get(random.nextInt(choice.size())), random) != null;
    }

    /** What a starting process finds. */
    record Found(long bootEpoch, HardState hardState, LogOutline outline) {}
}
