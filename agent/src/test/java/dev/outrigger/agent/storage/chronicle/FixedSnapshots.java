package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.BackupDecoder;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says that there are snapshots, whose bytes nobody asks for. */
final class FixedSnapshots implements SnapshotStore {
    final List<Snapshot> whole = new ArrayList<>();

    static Snapshot snapshot(long index, long term) {
        return new Snapshot(
                index, term, index * 1000, Configuration.of(List.of(new MemberId("a"))), 1000, index * 31 + term);
    }

    @Override
    public List<Snapshot> whole() {
        return List.copyOf(whole);
    }

    @Override
    public Draft begin(SnapshotHead head) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Payload> read(Snapshot snapshot, long offset, int bytesMax) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long put(Snapshot snapshot, long offset, Payload bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<SnapshotHead> head(Snapshot snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<InputStream> open(Snapshot snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long appBytes(Snapshot snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BackupDecoder decoder(BackupDecoder.Sink sink) {
        return new SnapshotDecoder(sink);
    }

    @Override
    public void dropOlderThan(Snapshot inForce) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void keepSessions(Payload encoded) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Payload> sessions() {
        return Optional.empty();
    }

    @Override
    public long bytesOnDisk() {
        return whole.size() * 1000L;
    }
}
