package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class ChronicleContractTest extends StorageContractTest {
    @TempDir
    private Path directory;

    @Override
    protected Storage open() {
        return ChronicleStorage.open(
                directory, new ChronicleStorage.Options("a", "orders", Durability.DISK, 4 << 20, 8 << 20, 1 << 20));
    }
}
