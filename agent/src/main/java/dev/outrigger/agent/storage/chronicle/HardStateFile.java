package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Term and vote on the disk, twice. A write puts them into the first slot, forces, and then does the same with the
 * second: a crash tears at most the slot under way, and whatever was acknowledged is in both, so that a slot that rots
 * later cannot bring an older vote back. Two bad slots mean that votes are forgotten: the member must not go on.
 */
final class HardStateFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HardStateFile.class);
    private static final int SLOTS = 2;

    private final Path file;
    private final FileChannel channel;
    private final DiskSync sync;
    private HardStateSlot latest;

    private HardStateFile(Path file, FileChannel channel, DiskSync sync, HardStateSlot latest) {
        this.file = file;
        this.channel = channel;
        this.sync = sync;
        this.latest = latest;
    }

    static void create(Path file, DiskSync sync) throws IOException {
        ByteBuffer slot = new HardStateSlot(0, StoredState.INITIAL).encode();
        ByteBuffer both = ByteBuffer.allocate(SLOTS * HardStateSlot.BYTES);
        both.put(slot.duplicate()).put(slot);
        SealedText.replace(file, both.flip(), sync);
    }

    static HardStateFile open(Path file, DiskSync sync) throws IOException {
        if (!Files.exists(file)) {
            throw new StorageException(
                    file + " is missing, and with it the votes this member gave. " + StorageAdvice.REJOIN);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new HardStateFile(file, channel, sync, readLatest(channel, file));
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    StoredState state() {
        return latest.state();
    }

    /** Returns when {@code state} is durable in both slots. */
    void write(StoredState state) throws IOException {
        HardStateSlot next = new HardStateSlot(latest.write() + 1, state);
        ByteBuffer bytes = next.encode();
        for (int slot = 0; slot < SLOTS; slot++) {
            write(bytes.rewind(), slot);
            sync.force(file, channel, false);
        }
        latest = next;
    }

    private void write(ByteBuffer bytes, int slot) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, (long) slot * HardStateSlot.BYTES + bytes.position());
        }
    }

    private static HardStateSlot readLatest(FileChannel channel, Path file) throws IOException {
        Optional<HardStateSlot> first = read(channel, 0);
        Optional<HardStateSlot> second = read(channel, 1);
        if (first.isEmpty() && second.isEmpty()) {
            throw new StorageException(file + " is damaged: neither of its two copies of term and vote can be read. "
                    + StorageAdvice.REJOIN);
        }
        if (first.isEmpty() || second.isEmpty()) {
            LOG.warn(
                    "{}: copy {} of term and vote cannot be read; going on with the other",
                    file,
                    first.isEmpty() ? 1 : 2);
        }
        return first.filter(
                        one -> second.isEmpty() || one.write() >= second.get().write())
                .orElseGet(second::orElseThrow);
    }

    private static Optional<HardStateSlot> read(FileChannel channel, int slot) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HardStateSlot.BYTES);
        while (bytes.hasRemaining() && channel.read(bytes, (long) slot * HardStateSlot.BYTES + bytes.position()) > 0) {
            // until the slot is full or the file ends
        }
        return bytes.hasRemaining() ? Optional.empty() : HardStateSlot.decode(bytes);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
