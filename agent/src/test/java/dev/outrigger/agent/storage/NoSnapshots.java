package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.chronicle.SnapshotDecoder;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A disk without snapshots, for tests of all else. */
public class NoSnapshots implements SnapshotStore {
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
    public BackupDecoder decoder(BackupDecoder.Sink sink) {
        return new SnapshotDecoder(sink);
    }

    @Override
    public void dropOlderThan(Snapshot inForce) {}

    @Override
    public void keepSessions(Payload encoded) {}

    @Override
    public Optional<Payload> sessions() {
        return Optional.empty();
    }

    @Override
    public long bytesOnDisk() {
        return 0;
    }
}
