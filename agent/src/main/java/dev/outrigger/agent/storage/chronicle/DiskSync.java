package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.Durability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The one way to the disk's surface. What was written through a mapping of the same file is covered as well. A failure is
 * final: the kernel may have dropped the pages, so a second try would report a success that never was.
 */
interface DiskSync {
    DiskSync DISK = (file, channel, metadata) -> channel.force(metadata);
    DiskSync MEMORY = (file, channel, metadata) -> {};

    static DiskSync of(Durability durability) {
        return durability == Durability.DISK ? DISK : MEMORY;
    }

    /**
     * Returns when what was written to {@code file} is on the disk.
     *
     * @param channel open on the file
     * @param metadata whether more is wanted than what reading the file back needs
     */
    void force(Path file, FileChannel channel, boolean metadata) throws IOException;

    default void forceFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            force(file, channel, false);
        }
    }

    /** Makes names that were created, renamed or deleted in {@code directory} durable. */
    default void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            force(directory, channel, true); // a name in it may not count as its data
        }
    }
}
