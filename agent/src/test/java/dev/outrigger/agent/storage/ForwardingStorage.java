package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;
import java.util.Optional;

/** Another storage, of which a test changes a part. */
public class ForwardingStorage implements Storage {
    private final Storage storage;

    public ForwardingStorage(Storage storage) {
        this.storage = storage;
    }

    @Override
    public Recovered recovered() {
        return storage.recovered();
    }

    @Override
    public Optional<String> rejoins() {
        return storage.rejoins();
    }

    @Override
    public Optional<Quarantine> quarantine() {
        return storage.quarantine();
    }

    @Override
    public void saveQuarantine(Optional<Quarantine> quarantine) {
        storage.saveQuarantine(quarantine);
    }

    @Override
    public List<PutAside> putAside() {
        return storage.putAside();
    }

    @Override
    public void persist(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries) {
        storage.persist(hardState, install, entries);
    }

    @Override
    public List<Entry> read(long firstIndex, int bytesMax) {
        return storage.read(firstIndex, bytesMax);
    }

    @Override
    public long compact(long firstIndex) {
        return storage.compact(firstIndex);
    }

    @Override
    public SnapshotStore snapshots() {
        return storage.snapshots();
    }

    @Override
    public Room room() {
        return storage.room();
    }

    @Override
    public void saveCluster(ClusterIdentity cluster) {
        storage.saveCluster(cluster);
    }

    @Override
    public long logBytes() {
        return storage.logBytes();
    }

    @Override
    public long bytesOnDisk() {
        return storage.bytesOnDisk();
    }

    @Override
    public void close() {
        storage.close();
    }
}
