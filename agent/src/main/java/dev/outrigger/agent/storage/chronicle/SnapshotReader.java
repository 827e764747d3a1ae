package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Reads the data in a snapshot's file from its start, checking every block before it gives anything of it, and at the end
 * the size and the checksum of the whole. Reading throws {@link IOException} at rot. Holds the file open, so that it can be
 * read also after it was deleted.
 */
final class SnapshotReader extends InputStream {
    private static final int BUFFER_BYTES = 8 * SnapshotBlock.BYTES;

    private final Path file;
    private final FileChannel channel;
    private final long totalBytes;
    private final long storedBytes;
    private final long checksum;
    private final SnapshotBlock blocks = new SnapshotBlock();
    private final CRC32C wholeCrc = new CRC32C();
    /** From its position on what was read and not checked yet. */
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    /** Data of the present block. */
    private final ByteBuffer data = buffer.duplicate();

    private long checkedBytes;
    private boolean ended;

    private SnapshotReader(Path file, FileChannel channel, long totalBytes, long storedBytes, long checksum) {
        this.file = file;
        this.channel = channel;
        this.totalBytes = totalBytes;
        this.storedBytes = storedBytes;
        this.checksum = checksum;
    }

    /** Of a file that is to have this checksum, whatever its size. */
    static SnapshotReader open(Path file, long checksum) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new SnapshotReader(file, channel, channel.size(), channel.size(), checksum);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Of what is here of a file that is to have {@code totalBytes}. The data of a block whose end is missing is given
     * unchecked.
     */
    static SnapshotReader openPart(Path file, long totalBytes, long checksum) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new SnapshotReader(file, channel, totalBytes, channel.size(), checksum);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    /** Size of the file. */
    long fileBytes() {
        return storedBytes;
    }

    /** The file is good up to here: a border of blocks. */
    long checkedBytes() {
        return checkedBytes;
    }

    /** Checks all that comes. */
    void readToEnd() throws IOException {
        data.position(data.limit());
        while (nextBlock()) {
            data.position(data.limit());
        }
    }

    @Override
    public int read() throws IOException {
        return data.hasRemaining() || nextBlock() ? data.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!data.hasRemaining() && !nextBlock()) {
            return -1;
        }
        int count = Math.min(length, data.remaining());
        data.get(target, offset, count);
        return count;
    }

    /** Goes on to the next block; false at the end. */
    private boolean nextBlock() throws IOException {
        if (ended) {
            return false;
        }
        int length = (int) Math.min(SnapshotBlock.BYTES, totalBytes - checkedBytes);
        if (length == 0) {
            ended = true;
            checkWhole();
            return false;
        }
        if (buffer.remaining() < length) {
            fill();
        }
        int start = buffer.position();
        if (buffer.remaining() < length) {
            return unfinishedBlock(start, length);
        }
        blocks.check(buffer, start, length, file, checkedBytes);
        wholeCrc.update(buffer.array(), buffer.arrayOffset() + start, length);
        buffer.position(start + length);
        checkedBytes += length;
        data.limit(start + length - SnapshotBlock.CRC_BYTES).position(start);
        return true;
    }

    private void fill() throws IOException {
        buffer.compact();
        long at = checkedBytes + buffer.position();
        StoredBytes.fill(StoredBytes.of(channel), buffer, at);
        buffer.flip();
    }

    /** The last block of a part. */
    private boolean unfinishedBlock(int start, int length) throws IOException {
        if (storedBytes >= totalBytes) {
            throw new IOException(
                    file + " ended at byte " + (checkedBytes + buffer.remaining()) + " while it was read");
        }
        ended = true;
        int dataBytes = Math.min(buffer.remaining(), length - SnapshotBlock.CRC_BYTES);
        data.limit(start + Math.max(0, dataBytes)).position(start);
        return data.hasRemaining();
    }

    private void checkWhole() throws IOException {
        if (storedBytes != totalBytes || wholeCrc.getValue() != checksum) {
            throw new IOException("%s is rotten: its %d bytes have the checksum %08x, not %08x"
                    .formatted(file, storedBytes, wholeCrc.getValue(), checksum));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
