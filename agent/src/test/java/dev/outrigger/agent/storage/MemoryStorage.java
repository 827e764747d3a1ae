package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Storage for tests. What is durable lives in a {@link Disk} that outlives the storages opened on it. */
public final class MemoryStorage implements Storage {
    private final Disk disk;
    private final Recovered recovered;
    private final Optional<Quarantine> quarantine;
    private boolean failed;

    private MemoryStorage(Disk disk) {
        this.disk = disk;
        this.quarantine = disk.quarantine;
        this.recovered =
                new Recovered(disk.storageId, ++disk.bootEpoch, disk.hardState, outline(disk.entries), disk.cluster);
    }

    /** What stays when a storage is closed or its process ends. Not for use by several threads at once. */
    public static final class Disk {
        private final String storageId;
        private final Optional<String> rejoins;
        private final List<Entry> entries = new ArrayList<>();
        private HardState hardState = HardState.INITIAL;
        private Optional<ClusterIdentity> cluster = Optional.empty();
        private Optional<Quarantine> quarantine = Optional.empty();
        private long bootEpoch;
        private boolean failsNext;

        public Disk(String storageId) {
            this(storageId, Optional.empty());
        }

        /** @param rejoins as {@link Storage#rejoins} says */
        public Disk(String storageId, Optional<String> rejoins) {
            this.storageId = storageId;
            this.rejoins = rejoins;
        }

        public MemoryStorage open() {
            return new MemoryStorage(this);
        }

        public Optional<Quarantine> quarantine() {
            return quarantine;
        }

        /** Lets the next write fail, and with it every call on the storage after that. */
        public void failNext() {
            failsNext = true;
        }
    }

    @Override
    public Optional<String> rejoins() {
        return disk.rejoins;
    }

    @Override
    public Optional<Quarantine> quarantine() {
        return quarantine;
    }

    @Override
    public void saveQuarantine(Optional<Quarantine> mark) {
        beforeWrite();
        disk.quarantine = mark;
    }

    @Override
    public Recovered recovered() {
        return recovered;
    }

    @Override
    public void persist(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries) {
        if (install.isPresent()) {
            throw new IllegalArgumentException("no snapshots here");
        }
        beforeWrite();
        hardState.ifPresent(state -> disk.hardState = state);
        for (Entry entry : entries) {
            append(entry);
        }
    }

    private void append(Entry entry) {
        if (entry.index() < 1 || entry.index() > disk.entries.size() + 1) {
            failed = true;
            throw new StorageException("entry " + entry.index() + " follows entry " + disk.entries.size());
        }
        int place = (int) entry.index() - 1;
        disk.entries.subList(place, disk.entries.size()).clear();
        disk.entries.add(entry);
    }

    @Override
    public List<Entry> read(long firstIndex, int bytesMax) {
        mustWork();
        if (firstIndex < 1 || firstIndex > disk.entries.size()) {
            throw new IllegalArgumentException("index " + firstIndex + " is not in the log");
        }
        List<Entry> read = new ArrayList<>();
        long bytes = 0;
        for (Entry entry : disk.entries.subList((int) firstIndex - 1, disk.entries.size())) {
            bytes += entry.sizeBytes();
            if (bytes > bytesMax && !read.isEmpty()) {
                break;
            }
            read.add(entry);
        }
        return read;
    }

    @Override
    public long compact(long firstIndex) {
        return 1;
    }

    @Override
    public SnapshotStore snapshots() {
        return new NoSnapshots();
    }

    @Override
    public Room room() {
        return new Room(Long.MAX_VALUE, Room.Level.AMPLE);
    }

    @Override
    public void saveCluster(ClusterIdentity cluster) {
        beforeWrite();
        if (disk.cluster.isPresent() && !disk.cluster.get().equals(cluster)) {
            failed = true;
            throw new StorageException("this disk belongs to another cluster already");
        }
        disk.cluster = Optional.of(cluster);
    }

    @Override
    public long logBytes() {
        return bytesOnDisk();
    }

    @Override
    public long bytesOnDisk() {
        return disk.entries.stream().mapToLong(Entry::sizeBytes).sum();
    }

    @Override
    public void close() {
        failed = true;
    }

    private void beforeWrite() {
        mustWork();
        if (disk.failsNext) {
            disk.failsNext = false;
            failed = true;
            throw new StorageException("the disk was told to fail");
        }
    }

    private void mustWork() {
        if (failed) {
            throw new StorageException("the storage has failed before or is closed");
        }
    }

    private static LogOutline outline(List<Entry> entries) {
        List<TermStart> terms = new ArrayList<>();
        for (Entry entry : entries) {
            if (terms.isEmpty() || terms.get(terms.size() - 1).term() != entry.term()) {
                terms.add(new TermStart(entry.term(), entry.index()));
            }
        }
        long lastTimeMillis =
                entries.isEmpty() ? 0 : entries.get(entries.size() - 1).timeMillis();
        List<Entry> configurations = entries.stream()
                .filter(entry -> entry.kind() == Entry.Kind.CONFIGURATION)
                .toList();
        List<Entry> skips = entries.stream()
                .filter(entry -> entry.kind() == Entry.Kind.SKIP)
                .toList();
        return new LogOutline(1, entries.size(), terms, lastTimeMillis, configurations, Optional.empty(), skips);
    }
}
