package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Writes the file of a snapshot, block by block. Nothing is durable before {@link #force}. */
final class SnapshotDraft implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final SnapshotBlock blocks = new SnapshotBlock();
    private final CRC32C wholeCrc = new CRC32C();
    private final ByteBuffer block = ByteBuffer.allocate(SnapshotBlock.BYTES).limit(SnapshotBlock.DATA_BYTES_MAX);
    private long fileBytes;

    private SnapshotDraft(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static SnapshotDraft create(Path file) throws IOException {
        return new SnapshotDraft(
                file,
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE));
    }

    /** Appends data. */
    void write(ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            int count = Math.min(block.remaining(), data.remaining());
            block.put(data.slice().limit(count));
            data.position(data.position() + count);
            if (!block.hasRemaining()) {
                writeBlock();
            }
        }
    }

    /** Writes what is left, and returns when all of it is on the disk. Nothing can be appended then. */
    void force(DiskSync sync) throws IOException {
        if (block.position() > 0) {
            writeBlock();
        }
        sync.force(file, channel, false);
    }

    private void writeBlock() throws IOException {
        blocks.seal(block.limit(SnapshotBlock.BYTES));
        block.flip();
        wholeCrc.update(block.array(), block.arrayOffset(), block.limit());
        fileBytes += block.limit();
        while (block.hasRemaining()) {
            channel.write(block);
        }
        block.clear().limit(SnapshotBlock.DATA_BYTES_MAX);
    }

    Path file() {
        return file;
    }

    /** Bytes of the file that were written. */
    long fileBytes() {
        return fileBytes;
    }

    /** CRC32C over what was written. */
    long checksum() {
        return wholeCrc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
