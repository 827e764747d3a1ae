package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.PutAside;
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

    private final DataDirectory directory;
    private final DiskSync sync;
    private final int entryBytesMax;
    private final HardStateFile hardState;
    private final OpenLog log;
    private final Recovered recovered;
    private final Optional<String> rejoins;
    private volatile long bytesOnDisk;
    private @Nullable Throwable failure;
    private boolean closed;

    private ChronicleStorage(
            DataDirectory directory, DiskSync sync, Options options, HardStateFile hardState, OpenLog log)
            throws IOException {
        this.directory = directory;
        this.sync = sync;
        this.entryBytesMax = options.entryBytesMax();
        this.hardState = hardState;
        this.log = log;
        hardState.write(hardState.state().nextBoot().withDurableSequence(log.lastSequence()));
        this.recovered = new Recovered(
                directory.identity().storageId(),
                hardState.state().bootEpoch(),
                hardState.state().hardState(),
                log.outline(),
                directory.cluster().read());
        this.rejoins = directory.rejoins();
        this.bytesOnDisk = log.bytesOnDisk();
    }

    /**
     * @param node this member's name
     * @param cluster name of its cluster
     * @param durability what an acknowledgement is worth
     * @param segmentBytes a segment that has grown to this gets a successor
     * @param blockBytes how much of a segment is mapped at once
     * @param entryBytesMax most bytes of data in one entry
     */
    public record Options(
            String node, String cluster, Durability durability, int segmentBytes, int blockBytes, int entryBytesMax) {
        public static final int SEGMENT_BYTES = 48 << 20;
        public static final int BLOCK_BYTES = 16 << 20;
        public static final int ENTRY_BYTES_MAX = 1 << 20;

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
     * @throws DamagedStorageException when what is there must not be used any more; it stays as it is
     * @throws StorageException when the directory is in use, belongs to another member, or the disk fails; nothing is left
     *     locked
     */
    public static ChronicleStorage open(Path dataDirectory, Options options) {
        return open(dataDirectory, options, DiskSync.of(options.durability()));
    }

    static ChronicleStorage open(Path dataDirectory, Options options, DiskSync sync) {
        ChronicleRuntime.prepare();
        try {
            return openLocked(
                    DataDirectory.open(dataDirectory.toAbsolutePath(), options.node(), options.cluster(), sync),
                    options,
                    sync);
        } catch (StorageException e) {
            throw e;
        } catch (Throwable e) { // an InternalError too: a full disk under a mapped file
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
        return openOrPutAside(dataDirectory, options, DiskSync.of(options.durability()));
    }

    static ChronicleStorage openOrPutAside(Path dataDirectory, Options options, DiskSync sync) {
        try {
            return openWithCluster(dataDirectory, options, sync);
        } catch (DamagedStorageException damage) {
            try {
                new PuttingAside(dataDirectory.toAbsolutePath(), sync).run(damage, Instant.now());
            } catch (IOException e) {
                throw new StorageException(
                        damage.getMessage() + " It could not be put aside: " + e
                                + ". Check that the disk can be written to, and start this agent again.",
                        e);
            }
            return openWithCluster(dataDirectory, options, sync);
        }
    }

    /** A log, a term or a snapshot without a cluster is that of a disk which has lost the file that names it. */
    private static ChronicleStorage openWithCluster(Path dataDirectory, Options options, DiskSync sync) {
        ChronicleStorage storage = open(dataDirectory, options, sync);
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

    private static ChronicleStorage openLocked(DataDirectory directory, Options options, DiskSync sync)
            throws IOException {
        List<AutoCloseable> opened = new ArrayList<>(List.of(directory));
        try {
            HardStateFile hardState = HardStateFile.open(directory.hardState(), sync);
            opened.add(0, hardState);
            RecordCodec codec = new RecordCodec(directory.identity().storageId());
            OpenLog log = new LogRecovery(directory, options, codec, sync)
                    .recover(hardState.state().durableSequence(), List.of());
            opened.add(0, log);
            ChronicleStorage storage = new ChronicleStorage(directory, sync, options, hardState, log);
            LOG.info(
                    "{}: start {}, term {}, log {}",
                    directory.root(),
                    storage.recovered.bootEpoch(),
                    storage.recovered.hardState().term(),
                    storage.recovered.log());
            return storage;
        } catch (Throwable e) {
            closeAll(opened, e);
            throw e;
        }
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
        guard(() -> "make " + describe(newHardState, entries) + " durable", () -> {
            if (newHardState.isPresent()) {
                writeState(hardState.state().with(newHardState.get()));
            }
            if (!entries.isEmpty()) {
                append(entries);
            }
        });
    }

    private void append(List<Entry> entries) throws IOException {
        entries.forEach(this::checkSize);
        if (log.segmentIsFull()) {
            log.roll();
            writeState(hardState.state());
        }
        log.append(entries);
        bytesOnDisk = log.bytesOnDisk();
    }

    /** Whatever is written, the durable floor goes with it: it costs nothing then. */
    private void writeState(StoredState state) throws IOException {
        hardState.write(state.withDurableSequence(log.lastSequence()));
    }

    private void checkSize(Entry entry) {
        if (entry.data().length() > entryBytesMax) {
            throw new IllegalArgumentException("entry %d has %d bytes of data, more than %d"
                    .formatted(entry.index(), entry.data().length(), entryBytesMax));
        }
    }

    @Override
    public List<Entry> read(long firstIndex, int bytesMax) {
        if (firstIndex < recovered.log().firstIndex() || firstIndex > log.lastIndex()) {
            throw new IllegalArgumentException(
                    "index " + firstIndex + " is not in the log, which ends at " + log.lastIndex());
        }
        List<Entry> entries = new ArrayList<>();
        guard(() -> "read entries from " + firstIndex + " on", () -> entries.addAll(log.read(firstIndex, bytesMax)));
        return entries;
    }

    @Override
    public long compact(long firstIndex) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SnapshotStore snapshots() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Room room() {
        throw new UnsupportedOperationException();
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
            directory.cluster().write(cluster, sync);
        });
    }

    @Override
    public Optional<String> rejoins() {
        return rejoins;
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
    public long bytesOnDisk() {
        return bytesOnDisk;
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
