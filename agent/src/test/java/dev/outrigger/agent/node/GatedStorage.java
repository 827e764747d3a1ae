package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A disk that can be held up. */
final class GatedStorage implements Storage {
    private final Storage storage;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private boolean closed;

    GatedStorage(Storage storage) {
        this.storage = storage;
    }

    void holdUp() {
        set(true);
    }

    void release() {
        set(false);
    }

    private void set(boolean hold) {
        lock.lock();
        try {
            closed = hold;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void persist(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries) {
        lock.lock();
        try {
            while (closed) {
                opened.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        storage.persist(hardState, install, entries);
    }

    @Override
    public Optional<String> rejoins() {
        return storage.rejoins();
    }

    @Override
    public Recovered recovered() {
        return storage.recovered();
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
