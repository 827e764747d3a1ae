package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.SnapshotStore;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells how much room a storage has. Any thread. */
final class RoomGauge {
    private static final Logger LOG = LoggerFactory.getLogger(RoomGauge.class);

    private final FileStore fileSystem;
    private final SegmentSize size;
    private final SnapshotStore snapshots;
    private final OpenLog log;
    private volatile Room latest;

    RoomGauge(Path directory, SegmentSize size, SnapshotStore snapshots, OpenLog log) throws IOException {
        this.fileSystem = Files.getFileStore(directory);
        this.size = size;
        this.snapshots = snapshots;
        this.log = log;
        this.latest = measure();
    }

    /** What was measured last. */
    Room latest() {
        return latest;
    }

    /** Measures again. */
    void refresh() {
        Room before = latest;
        try {
            latest = measure();
        } catch (IOException e) {
            LOG.warn("cannot tell how much space is left on {}", fileSystem, e);
        }
        if (latest.level() != before.level()) {
            LOG.info("room on {} was {} and is {}", fileSystem, before, latest);
        }
    }

    Room measure() throws IOException {
        long usable = fileSystem.getUsableSpace();
        return new Room(
                usable, log.isFull() ? Room.Level.NONE : usable < reserve() ? Room.Level.SHORT : Room.Level.AMPLE);
    }

    /** Below this, new commands are refused: a segment, its successor and the next snapshot must find their place. */
    private long reserve() {
        List<Snapshot> whole = snapshots.whole();
        long snapshot = whole.isEmpty() ? 0 : whole.get(whole.size() - 1).bytes();
        return ChronicleStorage.Options.RESERVE_SEGMENTS * size.fileBytes() + snapshot;
    }
}
