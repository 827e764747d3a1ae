package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.disk.PowerLost;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageException;
import dev.outrigger.agent.storage.chronicle.LogScan.Span;
import dev.outrigger.agent.storage.chronicle.LogScan.Stop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import net.openhft.chronicle.wire.Wires;
import org.jspecify.annotations.Nullable;

/**
 * The twin of {@link ChronicleStorage} on a virtual disk: the same records in the same files, read by the same code at
 * start and judged by the same rule; only what the queue does is done here. Keeps what {@link Storage} promises, with
 * snapshots and compaction beside. After a failure every call throws {@link StorageException}; {@link PowerLost} goes
 * through as it is. Takes no time: {@link VirtualDisk} counts what was done.
 */
public final class VirtualStorage {
    private static final String IDENTITY = "identity";
    private static final String HARD_STATE = "hardstate";
    private static final String CURRENT = "CURRENT";
    private static final String LOG = "log-";

    private final VirtualFiles files;
    private final HardStateCopies hardState;
    private final HardStateCopies.Target hardStateFile;
    private final VirtualLog log;
    private final VirtualSnapshots snapshots;
    private final Storage.Recovered recovered;
    private @Nullable Throwable failure;

    private VirtualStorage(
            VirtualDisk disk, String storageId, HardStateCopies hardState, VirtualLog log, VirtualSnapshots snapshots)
            throws IOException {
        this.files = new VirtualFiles(disk);
        this.hardState = hardState;
        this.hardStateFile = new VirtualHardState(disk, HARD_STATE);
        this.log = log;
        this.snapshots = snapshots;
        writeState(hardState.state().nextBoot());
        this.recovered = new Storage.Recovered(
                storageId,
                hardState.state().bootEpoch(),
                hardState.state().hardState(),
                log.replay().outline().with(inForce()),
                Optional.empty());
    }

    private record VirtualHardState(VirtualDisk disk, String file) implements HardStateCopies.Target {
        @Override
        public void write(ByteBuffer bytes, long offset) {
            disk.write(file, offset, bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }

        @Override
        public void force() throws IOException {
            disk.sync(file);
        }
    }

    /**
     * Opens the disk, formatting it first when it is empty.
     *
     * @param segmentBytes a segment that has grown to this gets a successor
     * @param ids what a storage id is made from when the disk is formatted
     * @throws StorageException when the disk must not be used
     */
    public static VirtualStorage open(VirtualDisk disk, String node, int segmentBytes, RandomGenerator ids) {
        try {
            return openDisk(disk, node, segmentBytes, ids);
        } catch (StorageException | PowerLost e) {
            throw e;
        } catch (Throwable e) {
            throw new StorageException("cannot use the disk of " + node + ": " + e, e);
        }
    }

    private static VirtualStorage openDisk(VirtualDisk disk, String node, int segmentBytes, RandomGenerator ids)
            throws IOException {
        VirtualFiles files = new VirtualFiles(disk);
        if (!disk.exists(IDENTITY)) {
            mustBeUnused(disk);
            format(files, node, ids);
        }
        Map<String, String> identity = files.readText(IDENTITY);
        String storageId = identity.getOrDefault("storageId", "");
        new DiskIdentity(storageId, identity.getOrDefault("node", ""), "").mustBelongTo(node, "", Path.of(node));
        disk.syncDirectory("");
        removeStrayLogs(files);
        removeDroppedSegments(files);
        if (!disk.exists(HARD_STATE)) {
            throw new StorageException(
                    HARD_STATE + " is missing, and with it the votes this member gave. " + StorageAdvice.REJOIN);
        }
        HardStateCopies hardState = HardStateCopies.read(files.open(HARD_STATE), Path.of(HARD_STATE));
        VirtualSnapshots snapshots = new VirtualSnapshots(disk);
        snapshots.open();
        RecordCodec codec = new RecordCodec(storageId);
        VirtualLog log = recover(files, codec, segmentBytes, hardState.state().durableSequence(), snapshots.list());
        return new VirtualStorage(disk, storageId, hardState, log, snapshots);
    }

    private static VirtualLog recover(
            VirtualFiles files, RecordCodec codec, int segmentBytes, long durableFloor, List<Snapshot> snapshots)
            throws IOException {
        VirtualDisk disk = files.disk();
        String directory = LOG + generation(files);
        LogScan scan = VirtualLog.scan(disk, directory, codec);
        LogRecovery.mustHoldWhatWasDurable(scan, durableFloor, snapshots, Path.of(directory));
        LogScan usable = ended(scan, disk, directory);
        return usable.stop().isEmpty()
                ? VirtualLog.behind(usable, disk, codec, directory, segmentBytes)
                : rewrite(scan, files, codec, segmentBytes);
    }

    /** As {@link LogRecovery} does. */
    private static LogScan ended(LogScan scan, VirtualDisk disk, String directory) {
        if (scan.spans().isEmpty() || !scan.stop().map(Stop::last).orElse(true)) {
            return scan;
        }
        LogScan ended = scan.endedHere();
        if (ended.spans().size() == scan.spans().size()) {
            Span last = scan.spans().get(scan.spans().size() - 1);
            ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            String file = directory + "/" + last.segment().file().getFileName();
            disk.write(file, last.bytes(), mark.putInt(0, Wires.END_OF_DATA).array());
        }
        return ended;
    }

    /** As {@link LogRewrite} does. */
    private static VirtualLog rewrite(LogScan scan, VirtualFiles files, RecordCodec codec, int segmentBytes)
            throws IOException {
        VirtualDisk disk = files.disk();
        int generation = generation(files) + 1;
        String directory = LOG + generation;
        disk.createDirectory(directory);
        VirtualLog target = VirtualLog.behind(LogScan.emptyAfter(scan.replay()), disk, codec, directory, segmentBytes);
        scan.forEachLiveEntry(codec, entry -> {
            if (target.segmentIsFull()) {
                target.roll();
            }
            target.append(List.of(), List.of(entry));
        });
        LogScan written = VirtualLog.scan(disk, directory, codec);
        if (written.stop().isPresent()
                || !written.replay().outline().equals(scan.replay().outline())) {
            throw new StorageException("log " + directory + " was just written anew and does not read back the same");
        }
        disk.syncDirectory("");
        files.writeText(CURRENT, current(generation, 0));
        removeStrayLogs(files);
        return VirtualLog.behind(written, disk, codec, directory, segmentBytes);
    }

    private static void mustBeUnused(VirtualDisk disk) {
        for (String log : logs(disk)) {
            if (!disk.list(log).isEmpty()) {
                throw new StorageException(IDENTITY + " is missing, but the disk was used. " + StorageAdvice.REJOIN);
            }
        }
    }

    /** The identity comes last: a disk without one was never used. */
    private static void format(VirtualFiles files, String node, RandomGenerator ids) throws IOException {
        VirtualDisk disk = files.disk();
        logs(disk).forEach(files::deleteDirectory);
        disk.createDirectory(LOG + 1);
        files.replace(HARD_STATE, HardStateCopies.initial().array());
        files.writeText(CURRENT, current(1, 0));
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("storageId", "%016x".formatted(ids.nextLong()));
        identity.put("node", node);
        files.writeText(IDENTITY, identity);
    }

    private static int generation(VirtualFiles files) throws IOException {
        return number(files, "log");
    }

    private static Map<String, String> current(int generation, int firstSegment) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("log", Integer.toString(generation));
        values.put("first", Integer.toString(firstSegment));
        return values;
    }

    private static int number(VirtualFiles files, String name) throws IOException {
        return Integer.parseInt(files.readText(CURRENT).getOrDefault(name, "0"));
    }

    private static void removeStrayLogs(VirtualFiles files) throws IOException {
        String current = LOG + generation(files);
        if (!files.disk().exists(current)) {
            throw new StorageException(current + " is missing. " + StorageAdvice.REJOIN);
        }
        for (String log : logs(files.disk())) {
            if (!log.equals(current)) {
                files.deleteDirectory(log);
            }
        }
    }

    private static void removeDroppedSegments(VirtualFiles files) throws IOException {
        int first = number(files, "first");
        for (String file : files.disk().list(LOG + generation(files))) {
            if (Segment.of(Path.of(file), () -> files.open(file))
                    .filter(segment -> segment.cycle() < first)
                    .isPresent()) {
                files.disk().delete(file);
            }
        }
    }

    private static List<String> logs(VirtualDisk disk) {
        List<String> logs = new ArrayList<>(disk.list(""));
        logs.removeIf(path -> !path.startsWith(LOG));
        return logs;
    }

    /** What was found at start. */
    public Storage.Recovered recovered() {
        return recovered;
    }

    /** First index that the log holds now. */
    public long firstIndex() {
        return log.replay().firstIndex();
    }

    public long lastIndex() {
        return log.replay().lastIndex();
    }

    /**
     * Makes all of it durable before it returns: hard state, then the snapshot in the place of what is before it, then the
     * entries.
     *
     * @param install a snapshot whose bytes are here already, from {@link #putChunk}
     */
    public void persist(Optional<HardState> newHardState, Optional<Snapshot> install, List<Entry> entries) {
        guard("make entries durable", () -> {
            if (newHardState.isPresent()) {
                writeState(hardState.state().with(newHardState.get()));
            }
            install.ifPresent(this::mustBeHere);
            if (install.isPresent() || !entries.isEmpty()) {
                append(install, entries);
            }
            return true;
        });
    }

    private void mustBeHere(Snapshot snapshot) {
        if (!snapshots.list().contains(snapshot)) {
            throw new IllegalArgumentException("there are no bytes of " + snapshot);
        }
    }

    private void append(Optional<Snapshot> install, List<Entry> entries) throws IOException {
        if (log.segmentIsFull()) {
            log.roll();
            writeState(hardState.state());
        }
        log.append(install.map(List::of).orElse(List.of()), entries);
        install.ifPresent(snapshots::dropOlderThan);
    }

    private void writeState(StoredState state) throws IOException {
        hardState.write(state.withDurableSequence(log.replay().lastSequence()), hardStateFile);
    }

    /** Reads consecutive entries from {@code firstIndex}, which is in the log; at least one, else up to {@code bytesMax}. */
    public List<Entry> read(long firstIndex, int bytesMax) {
        if (firstIndex < firstIndex() || firstIndex > lastIndex()) {
            throw new IllegalArgumentException("index " + firstIndex + " is not in the log, which is "
                    + log.replay().range());
        }
        return guard("read entries", () -> {
            List<Entry> entries = new ArrayList<>();
            long bytes = 0;
            for (long index = firstIndex; index <= lastIndex(); index++) {
                Entry entry = log.read(index);
                bytes += entry.sizeBytes();
                if (bytes > bytesMax && !entries.isEmpty()) {
                    break;
                }
                entries.add(entry);
            }
            return entries;
        });
    }

    /** Deletes whole segments of which nothing from {@code firstIndex} on is needed; a snapshot holds what is before it. */
    public void compact(long firstIndex) {
        LogReplay replay = log.replay();
        if (inForce().filter(snapshot -> snapshot.index() >= firstIndex - 1).isEmpty()) {
            throw new IllegalArgumentException(
                    "no snapshot holds what is before index " + firstIndex + " of the log, " + replay.range());
        }
        guard("drop segments", () -> {
            int kept = log.firstKept(firstIndex);
            int generation = generation(files);
            if (kept > number(files, "first")) {
                files.writeText(CURRENT, current(generation, kept));
                log.dropBefore(kept);
            }
            return true;
        });
    }

    /** Keeps a snapshot that was taken here, of entries that are in the log. */
    public void saveSnapshot(Snapshot snapshot, byte[] bytes) {
        if (!log.replay().holdsEndOf(snapshot)) {
            throw new IllegalArgumentException(
                    snapshot + " is not of this log, which is " + log.replay().range());
        }
        guard("keep a snapshot", () -> {
            snapshots.save(snapshot, bytes);
            snapshots.dropOlderThan(snapshot);
            return true;
        });
    }

    /** The latest whole snapshot that the log follows from. */
    public Optional<Snapshot> latestSnapshot() {
        return guard("look for snapshots", this::inForce);
    }

    private Optional<Snapshot> inForce() {
        Optional<Snapshot> latest = Optional.empty();
        for (Snapshot snapshot : snapshots.list()) {
            latest = log.replay().holdsEndOf(snapshot) ? Optional.of(snapshot) : latest;
        }
        return latest;
    }

    /** A piece of a snapshot; empty when it is not there or has rotted, and it is no longer the latest one then. */
    public Optional<byte[]> readSnapshot(Snapshot snapshot, long offset, int bytesMax) {
        return guard("read a snapshot", () -> snapshots.read(snapshot, offset, bytesMax));
    }

    /**
     * Puts aside a piece of a snapshot, as {@link dev.outrigger.agent.core.message.ChunkWrite} says; gives how many of its
     * bytes are here, from the start. With the last one it is durable, but in force only by {@link #persist}.
     */
    public long putChunk(Snapshot snapshot, long offset, byte[] bytes) {
        return guard("put a piece of a snapshot aside", () -> snapshots.putChunk(snapshot, offset, bytes));
    }

    /** CRC32C, as {@link Snapshot#checksum()} wants it. */
    public static long checksum(byte[] bytes) {
        return VirtualSnapshots.checksum(bytes);
    }

    /** Bytes in the segments. */
    public long bytesOnDisk() {
        return log.bytes();
    }

    /** Number of segments. */
    public int segments() {
        return log.segments();
    }

    /** Ends in good order: remembers how far the log went. */
    public void close() {
        guard("close", () -> {
            writeState(hardState.state());
            return true;
        });
        failure = new StorageException("the storage is closed");
    }

    private interface Action<T> {
        T run() throws IOException;
    }

    private <T> T guard(String what, Action<T> action) {
        if (failure != null) {
            throw new StorageException("cannot " + what + ": the storage has failed before or is closed", failure);
        }
        try {
            return action.run();
        } catch (PowerLost e) {
            failure = e;
            throw e;
        } catch (Throwable e) {
            failure = e;
            throw new StorageException("could not " + what + ": " + e, e);
        }
    }
}
