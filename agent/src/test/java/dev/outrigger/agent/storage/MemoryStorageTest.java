package dev.outrigger.agent.storage;

class MemoryStorageTest extends StorageContractTest {
    private final MemoryStorage.Disk disk = new MemoryStorage.Disk("disk-1");

    @Override
    protected Storage open() {
        return disk.open();
    }
}
