package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Term and vote on the disk, kept as {@link HardStateCopies} says. */
final class HardStateFile implements HardStateCopies.Target, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HardStateFile.class);

    private final Path file;
    private final FileChannel channel;
    private final DiskSync sync;
    private final HardStateCopies copies;

    private HardStateFile(Path file, FileChannel channel, DiskSync sync, HardStateCopies copies) {
        this.file = file;
        this.channel = channel;
        this.sync = sync;
        this.copies = copies;
    }

    static void create(Path file, DiskSync sync) throws IOException {
        SealedText.replace(file, HardStateCopies.initial(), sync);
    }

    static HardStateFile open(Path file, DiskSync sync) throws IOException {
        if (!Files.exists(file)) {
            throw new DamagedStorageException(
                    file + " is missing, and with it the votes this member gave. " + StorageAdvice.REJOIN);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            HardStateCopies copies = HardStateCopies.read(StoredBytes.of(channel), file);
            if (copies.unreadable() > 0) {
                LOG.warn(
                        "{}: copy {} of term and vote cannot be read; going on with the other",
                        file,
                        copies.unreadable());
            }
            return new HardStateFile(file, channel, sync, copies);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    StoredState state() {
        return copies.state();
    }

    /** Returns when {@code state} is durable in both slots. */
    void write(StoredState state) throws IOException {
        copies.write(state, this);
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            channel.write(bytes, offset + bytes.position() - start);
        }
    }

    @Override
    public void force() throws IOException {
        sync.force(file, channel, false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
