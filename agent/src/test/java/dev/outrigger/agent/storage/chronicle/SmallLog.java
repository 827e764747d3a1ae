package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Logs with segments so small that a test rolls often. */
final class SmallLog {
    static final ChronicleStorage.Options OPTIONS = options(8 << 10);

    private SmallLog() {}

    static ChronicleStorage.Options options(int segmentBytes) {
        return new ChronicleStorage.Options("a", "orders", Durability.DISK, segmentBytes, 128 << 10, 16 << 10);
    }

    static ChronicleStorage open(Path directory) {
        return ChronicleStorage.open(directory, OPTIONS);
    }

    /** Appends entries whose content follows from index and term, in batches of ten. */
    static void append(Storage storage, long firstIndex, long lastIndex, long term) {
        for (long index = firstIndex; index <= lastIndex; index += 10) {
            storage.persist(Optional.empty(), StorageContractTest.entries(index, Math.min(index + 9, lastIndex), term));
        }
    }

    /** All entries of the log. */
    static List<Entry> all(Storage storage, long lastIndex) {
        return lastIndex == 0 ? List.of() : new ArrayList<>(storage.read(1, Integer.MAX_VALUE));
    }
}
