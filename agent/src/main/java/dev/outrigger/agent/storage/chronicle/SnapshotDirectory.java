package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Stands in for the snapshots of a data directory. */
final class SnapshotDirectory implements SnapshotStore {
    private SnapshotDirectory() {}

    static SnapshotDirectory open(Path snapDir, DiskSync sync) throws IOException {
        return new SnapshotDirectory();
    }

    @Override
    public List<Snapshot> whole() {
        return List.of();
    }

    @Override
    public Draft begin(SnapshotHead head) {
        throw new StorageException("no snapshots here");
    }

    @Override
    public Optional<Payload> read(Snapshot snapshot, long offset, int bytesMax) {
        return Optional.empty();
    }

    @Override
    public long put(Snapshot snapshot, long offset, Payload bytes) {
        throw new StorageException("no snapshots here");
    }

    @Override
    public Optional<SnapshotHead> head(Snapshot snapshot) {
        return Optional.empty();
    }

    @Override
    public Optional<InputStream> open(Snapshot snapshot) {
        return Optional.empty();
    }

    @Override
    public long appBytes(Snapshot snapshot) {
        return 0;
    }

    @Override
    public void dropOlderThan(Snapshot inForce) {}

    @Override
    public long bytesOnDisk() {
        return 0;
    }
}
