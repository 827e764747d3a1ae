package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.PutAside;
import dev.outrigger.agent.storage.Quarantine;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's disk in one directory. What every method promises is in {@link Storage}; after the first failure every call
 * throws.
 */
public final class ChronicleStorage implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(ChronicleStorage.class);

    /** How the system says that a disk is full; there is no exception of its own for that. */
    private static final String NO_SPACE = "No space left on device";

    private final DataDirectory directory;
    private final DiskSync sync;
    private final Options options;
    private final HardStateFile hardState;
    private final OpenLog log;
    private final SnapshotStore snapshots;
    private final Background background;
    private final RoomGauge roomGauge;
    private final SpareSpace spare;
    private final Recovered recovered;
    private final Optional<String> rejoins;
    private final Optional<Quarantine> quarantine;
    private @Nullable Throwable failure;
    private boolean closed;

    private ChronicleStorage(
            DataDirectory directory,
            Options options,
            Surroundings surroundings,
            Optional<ClusterIdentity> cluster,
            HardStateFile hardState,
            SnapshotStore snapshots,
            OpenLog log)
            throws IOException {
        this.directory = directory;
        this.sync = surroundings.sync();
        this.options = options;
        this.hardState = hardState;
        this.log = log;
        this.snapshots = snapshots;
        this.background = surroundings.background();
        hardState.write(
                hardState.state().nextBoot().withDurableSequence(log.replay().lastSequence()));
        this.recovered = new Recovered(
                directory.identity().storageId(),
                hardState.state().bootEpoch(),
                hardState.state().hardState(),
                log.replay().outline().with(inForce()),
                cluster);
        this.rejoins = directory.rejoins();
        this.quarantine = directory.quarantine().read();
        this.roomGauge = new RoomGauge(directory.root(), SegmentSize.of(options), snapshots, log);
        this.spare = new SpareSpace(directory.spare());
        spare.take();
        background.repeat(this::lookAfterRoom);
    }

    /**
     * What a storage works with, besides its directory.
     *
     * @param sync the way to the disk
     * @param snapshots opens the snapshots in a directory
     * @param background does what need not be waited for; closed with the storage
     */
    record Surroundings(DiskSync sync, Snapshots snapshots, Background background) {
        static Surroundings of(Options options) {
            return new Surroundings(
                    DiskSync.of(options.durability()),
                    SnapshotDirectory::open,
                    Background.thread("storage of " + options.node()));
        }

        interface Snapshots {
            SnapshotStore open(Path directory, DiskSync sync) throws IOException;
        }
    }

    /**
     * @param node this member's name
     * @param cluster name of its cluster
     * @param durability what an acknowledgement is worth
     * @param segmentBytes a segment that holds this much in records gets a successor
     * @param blockBytes how much of a segment is mapped at once, and a quarter of it behind the last block is never used
     * @param entryBytesMax most bytes of data in one entry
     */
    public record Options(
            String node, String cluster, Durability durability, int segmentBytes, int blockBytes, int entryBytesMax) {
        /** The records, and what the queue adds, fill six blocks; the file has 50 MiB. */
        public static final int SEGMENT_BYTES = (48 << 20) - (128 << 10);

        public static final int BLOCK_BYTES = 8 << 20;
        public static final int ENTRY_BYTES_MAX = 1 << 20;

        /** Room is short when there is not this many times the file of a segment, beside the latest snapshot. */
        public static final int RESERVE_SEGMENTS = 2;

        public Options {
            if (segmentBytes <= 0 || entryBytesMax <= 0 || entryBytesMax > entryBytesMax(blockBytes)) {
                throw new IllegalArgumentException(
                        "entries of up to %d bytes need blocks of more than four times that".formatted(entryBytesMax)
                                + "; blocks are %d bytes, segments %d".formatted(blockBytes, segmentBytes));
            }
        }

        /** The defaults. */
        public static Options of(String node, String cluster, Durability durability) {
            return new Options(node, cluster, durability, SEGMENT_BYTES, BLOCK_BYTES, ENTRY_BYTES_MAX);
        }

        /** Most bytes of data in one entry that blocks of this size can take. */
        public static int entryBytesMax(int blockBytes) {
            return blockBytes / 4 - 1024;
        }
    }

    /**
     * Opens the directory, creating it when there is none. Blocks while the log is read through: about a second for a
     * million entries.
     *
     * <p>A disk that is full does not hinder a start on a log that is whole: there is room again when there is. Only what
     * cannot begin at all refuses.
     *
     * @throws NoRoomException when a new disk, or a log that must be written anew, finds no room for its first segment
     * @throws DamagedStorageException when what is there must not be used any more; it stays as it is
     * @throws StorageException when the directory is in use, belongs to another member, or the disk fails; nothing is left
     *     locked
     */
    public static ChronicleStorage open(Path dataDirectory, Options options) {
        return open(dataDirectory, options, Surroundings.of(options));
    }

    static ChronicleStorage open(Path dataDirectory, Options options, Surroundings surroundings) {
        ChronicleRuntime.prepare();
        List<AutoCloseable> opened = new ArrayList<>(List.of(surroundings.background()));
        try {
            return open(dataDirectory.toAbsolutePath(), options, surroundings, opened);
        } catch (Throwable e) {
            closeAll(opened, e);
            if (e instanceof StorageException || e instanceof NoRoomException) {
                throw (RuntimeException) e;
            }
            if (e instanceof IOException && isNoSpace((IOException) e)) {
                throw new NoRoomException("there is no room to begin in data directory " + dataDirectory + ": " + e);
            }
            // an InternalError too: a full disk under a mapped file
            throw new StorageException(
                    "cannot use data directory " + dataDirectory + ": " + e
                            + ". Check that it is a writable directory on a disk with free space.",
                    e);
        }
    }

    /**
     * Like {@link #open}, but what is damaged is put aside, and the directory is formatted anew under a new storage id: a
     * disk that rejoins its cluster, and never forms one.
     *
     * @throws StorageException when the directory is in use, belongs to another member, or the disk fails
     */
    public static ChronicleStorage openOrPutAside(Path dataDirectory, Options options) {
        return openOrPutAside(dataDirectory, options, () -> Surroundings.of(options));
    }

    /** @param surroundings for the first attempt, and for the second */
    static ChronicleStorage openOrPutAside(Path dataDirectory, Options options, Supplier<Surroundings> surroundings) {
        Surroundings first = surroundings.get();
        try {
            return openWithCluster(dataDirectory, options, first);
        } catch (DamagedStorageException damage) {
            try {
                new PuttingAside(dataDirectory.toAbsolutePath(), first.sync()).run(damage, Instant.now());
            } catch (IOException e) {
                throw new StorageException(
                        damage.getMessage() + " It could not be put aside: " + e
                                + ". Check that the disk can be written to, and start this agent again.",
                        e);
            }
            return openWithCluster(dataDirectory, options, surroundings.get());
        }
    }

    /** A log, a term or a snapshot without a cluster is that of a disk which has lost the file that names it. */
    private static ChronicleStorage openWithCluster(Path dataDirectory, Options options, Surroundings surroundings) {
        ChronicleStorage storage = open(dataDirectory, options, surroundings);
        Recovered found = storage.recovered;
        boolean used = found.log().lastIndex() > 0
                || found.log().snapshot().isPresent()
                || found.hardState().term() > 0;
        if (used && found.cluster().isEmpty()) {
            storage.close();
            throw new DamagedStorageException(storage.directory.cluster().file()
                    + " is missing, but the disk was used: term "
                    + found.hardState().term() + ", log ends at index "
                    + found.log().lastIndex() + ". " + StorageAdvice.REJOIN);
        }
        return storage;
    }

    /** @param opened what is to be closed should this fail, first things first */
    private static ChronicleStorage open(
            Path root, Options options, Surroundings surroundings, List<AutoCloseable> opened) throws IOException {
        DiskSync sync = surroundings.sync();
        DataDirectory directory = DataDirectory.open(root, options.node(), options.cluster(), sync);
        opened.add(directory);
        HardStateFile hardState = HardStateFile.open(directory.hardState(), sync);
        opened.add(0, hardState);
        Optional<ClusterIdentity> cluster = directory.cluster().read();
        SnapshotStore snapshots = surroundings.snapshots().open(directory.snapshots(), sync);
        RecordCodec codec = new RecordCodec(directory.identity().storageId());
        LogSettings settings = new LogSettings(options, codec, sync, surroundings.background());
        OpenLog log =
                new LogRecovery(directory, settings).recover(hardState.state().durableSequence(), snapshots.whole());
        opened.add(0, log);
        ChronicleStorage storage =
                new ChronicleStorage(directory, options, surroundings, cluster, hardState, snapshots, log);
        LOG.info(
                "{}: start {}, term {}, log {}",
                directory.root(),
                storage.recovered.bootEpoch(),
                storage.recovered.hardState().term(),
                storage.recovered.log());
        return storage;
    }

    private static void closeAll(List<AutoCloseable> opened, Throwable cause) {
        for (AutoCloseable each : opened) {
            try {
                each.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }

    @Override
    public Recovered recovered() {
        return recovered;
    }

    @Override
    public void persist(Optional<HardState> newHardState, Optional<Snapshot> install, List<Entry> entries) {
        if (install.isPresent() && !snapshots.whole().contains(install.get())) {
            throw new IllegalArgumentException("there is no whole " + install.get());
        }
        guard(() -> "make " + describe(newHardState, entries) + " durable", () -> {
            if (newHardState.isPresent()) {
                writeState(hardState.state().with(newHardState.get()));
            }
            if (install.isPresent() || !entries.isEmpty()) {
                entries.forEach(this::checkSize);
                log.append(install, entries);
            }
        });
    }

    /** Whatever is written, the durable floor goes with it: it costs nothing then. */
    private void writeState(StoredState state) throws IOException {
        hardState.write(state.withDurableSequence(log.replay().lastSequence()));
    }

    private void checkSize(Entry entry) {
        if (entry.data().length() > options.entryBytesMax()) {
            throw new IllegalArgumentException("entry %d has %d bytes of data, more than %d"
                    .formatted(entry.index(), entry.data().length(), options.entryBytesMax()));
        }
    }

    @Override
    public List<Entry> read(long firstIndex, int bytesMax) {
        if (firstIndex < log.replay().firstIndex() || firstIndex > log.replay().lastIndex()) {
            throw new IllegalArgumentException("index " + firstIndex + " is not in the log, which is "
                    + log.replay().range());
        }
        List<Entry> entries = new ArrayList<>();
        guard(() -> "read entries from " + firstIndex + " on", () -> entries.addAll(log.read(firstIndex, bytesMax)));
        return entries;
    }

    @Override
    public long compact(long firstIndex) {
        if (inForce().filter(snapshot -> snapshot.index() >= firstIndex - 1).isEmpty()) {
            throw new IllegalArgumentException("no snapshot holds what is before index " + firstIndex
                    + " of the log, which is " + log.replay().range());
        }
        guard(() -> "drop what is before entry " + firstIndex, () -> {
            Optional<Integer> kept = log.firstKept(firstIndex);
            if (kept.isPresent()) {
                // On a full disk this is what makes room again, so it has to work there.
                replaceSmallFile(() -> directory.dropSegmentsBefore(kept.get()));
                log.dropBefore(kept.get());
            }
        });
        return log.replay().firstIndex();
    }

    /** A small file that finds no room stays as it was, so that is no failure. */
    private void replaceSmallFile(Action replacement) throws IOException {
        if (roomGauge.measure().usableBytes() < SpareSpace.BYTES) {
            spare.giveUp();
        }
        try {
            replacement.run();
        } catch (IOException e) {
            if (isNoSpace(e)) {
                throw new NoRoomException("there is no room in " + directory.root() + ": " + e);
            }
            throw e;
        }
    }

    private static boolean isNoSpace(IOException e) {
        return String.valueOf(e.getMessage()).contains(NO_SPACE);
    }

    /** The latest whole snapshot that the log follows from. */
    private Optional<Snapshot> inForce() {
        Optional<Snapshot> latest = Optional.empty();
        for (Snapshot snapshot : snapshots.whole()) {
            latest = log.replay().holdsEndOf(snapshot) ? Optional.of(snapshot) : latest;
        }
        return latest;
    }

    @Override
    public SnapshotStore snapshots() {
        return snapshots;
    }

    @Override
    public Room room() {
        return roomGauge.latest();
    }

    private void lookAfterRoom() {
        log.layOut();
        spare.take();
        roomGauge.refresh();
    }

    @Override
    public void saveCluster(ClusterIdentity cluster) {
        guard(() -> "remember cluster " + cluster.clusterId(), () -> {
            Optional<ClusterIdentity> present = directory.cluster().read();
            if (present.isPresent() && !present.get().equals(cluster)) {
                throw new StorageException(
                        "this disk belongs to cluster " + present.get().clusterId() + " already");
            }
            if (!rejoins.orElse("").isEmpty() && !rejoins.get().equals(cluster.clusterId())) {
                throw new StorageException("this disk rejoins cluster " + rejoins.get() + " and no other");
            }
            replaceSmallFile(() -> directory.cluster().write(cluster, sync));
        });
    }

    @Override
    public Optional<String> rejoins() {
        return rejoins;
    }

    @Override
    public Optional<Quarantine> quarantine() {
        return quarantine;
    }

    @Override
    public void saveQuarantine(Optional<Quarantine> mark) {
        guard(
                () -> mark.isPresent() ? "mark the application as diverged" : "take the mark of divergence away",
                () -> replaceSmallFile(() -> directory.quarantine().write(mark, sync)));
    }

    @Override
    public List<PutAside> putAside() {
        try {
            return new DamagedDirectories(directory.root()).explained();
        } catch (IOException e) {
            throw new StorageException("cannot look into data directory " + directory.root() + ": " + e, e);
        }
    }

    @Override
    public long logBytes() {
        return log.recordBytes();
    }

    @Override
    public long bytesOnDisk() {
        return log.bytesOnDisk() + HardStateCopies.BYTES + SpareSpace.BYTES + snapshots.bytesOnDisk();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (directory;
                hardState;
                log) {
            log.stopLayingOut();
            background.close();
            if (failure == null) {
                writeState(hardState.state());
            }
        } catch (IOException e) {
            throw new StorageException("closing data directory " + directory.root() + ": " + e, e);
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    /** The first failure is the last action: what it left behind is unknown, so nothing may build on it. */
    private void guard(Supplier<String> what, Action action) {
        if (failure != null || closed) {
            throw new StorageException(
                    "cannot " + what.get() + ": the storage in " + directory.root()
                            + (closed ? " is closed" : " has failed before"),
                    failure);
        }
        try {
            action.run();
        } catch (NoRoomException e) {
            roomGauge.refresh();
            throw e; // nothing was begun
        } catch (Throwable e) {
            failure = e;
            throw new StorageException(
                    "could not " + what.get() + " in " + directory.root() + ": " + e
                            + ". Nothing of it is acknowledged and this agent must stop; check the disk (free space, I/O errors)"
                            + " and start it again.",
                    e);
        }
    }

    private static String describe(Optional<HardState> hardState, List<Entry> entries) {
        String state = hardState.map(HardState::toString).orElse("");
        if (entries.isEmpty()) {
            return state;
        }
        return state + (state.isEmpty() ? "" : " and ") + "entries "
                + entries.get(0).index() + " to "
                + entries.get(entries.size() - 1).index();
    }
}
