package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Logs with segments so small that a test rolls often. */
public final class SmallLog {
    static final ChronicleStorage.Options OPTIONS = options(8 << 10);

    private SmallLog() {}

    static ChronicleStorage.Options options(int segmentBytes) {
        return new ChronicleStorage.Options("a", "orders", Durability.DISK, segmentBytes, 128 << 10, 16 << 10);
    }

    /** A log in the name of a member. */
    public static Storage open(Path directory, String node, String cluster) {
        return ChronicleStorage.open(
                directory, new ChronicleStorage.Options(node, cluster, Durability.DISK, 4 << 20, 8 << 20, 1 << 20));
    }

    static ChronicleStorage open(Path directory) {
        return ChronicleStorage.open(directory, OPTIONS);
    }

    /** Opens a storage that does everything on the caller's thread, and forces through {@code sync}. */
    static ChronicleStorage open(Path directory, ChronicleStorage.Options options, DiskSync sync) {
        return open(directory, options, sync, SnapshotDirectory::open);
    }

    static ChronicleStorage open(
            Path directory,
            ChronicleStorage.Options options,
            DiskSync sync,
            ChronicleStorage.Surroundings.Snapshots snapshots) {
        return ChronicleStorage.open(
                directory, options, new ChronicleStorage.Surroundings(sync, snapshots, new DirectBackground()));
    }

    /** Appends entries whose content follows from index and term, in batches of ten. */
    static void append(Storage storage, long firstIndex, long lastIndex, long term) {
        for (long index = firstIndex; index <= lastIndex; index += 10) {
            storage.persist(Optional.empty(), StorageContractTest.entries(index, Math.min(index + 9, lastIndex), term));
        }
    }

    /** Asserts that the log holds exactly these entries, and says it in few words when it does not. */
    static void assertHolds(Storage storage, List<Entry> expected, long lastIndex) {
        assertEquals(expected.size(), lastIndex, "last index");
        if (!expected.isEmpty()) {
            List<Entry> read = storage.read(1, Integer.MAX_VALUE);
            assertEquals(expected.size(), read.size(), "entries read");
            for (int i = 0; i < read.size(); i++) {
                assertEquals(expected.get(i), read.get(i));
            }
        }
    }
}
