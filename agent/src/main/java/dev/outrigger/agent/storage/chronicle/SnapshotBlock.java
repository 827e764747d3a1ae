package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The blocks that a snapshot's file is a row of: data, and its checksum in the last four bytes, little endian. Only the
 * last block may be shorter than {@link #BYTES}, and no block is without data.
 *
 * <p>The checksum is CRC32C, turned by 15 bits, plus a constant. The CRC of bytes that end with their own CRC is the same
 * whatever they are: with the plain one in every block, the CRC over the whole file would follow from its size alone, and
 * tell no two snapshots apart.
 */
final class SnapshotBlock {
    static final int BYTES = 64 << 10;
    static final int CRC_BYTES = Integer.BYTES;
    static final int DATA_BYTES_MAX = BYTES - CRC_BYTES;

    private static final int MASK = 0xa282ead8;

    private final CRC32C crc = new CRC32C();

    /** Bytes of data in a file of this size. */
    static long dataBytes(long fileBytes) {
        return fileBytes - CRC_BYTES * ((fileBytes + BYTES - 1) / BYTES);
    }

    /** Puts the checksum behind the data that an array-backed buffer holds from 0 to its position; it has the room. */
    void seal(ByteBuffer block) {
        block.order(ByteOrder.LITTLE_ENDIAN).putInt(checksumOf(block, 0, block.position()));
    }

    /**
     * Checks the block of {@code length} bytes at {@code start} of an array-backed buffer.
     *
     * @param file where it is from
     * @param offset where it begins there
     * @throws IOException when it is rotten
     */
    void check(ByteBuffer block, int start, int length, Path file, long offset) throws IOException {
        int dataBytes = length - CRC_BYTES;
        if (dataBytes <= 0
                || block.order(ByteOrder.LITTLE_ENDIAN).getInt(start + dataBytes)
                        != checksumOf(block, start, dataBytes)) {
            throw new IOException(
                    "%s is rotten: the block at byte %d does not have its checksum".formatted(file, offset));
        }
    }

    private int checksumOf(ByteBuffer block, int start, int length) {
        crc.reset();
        crc.update(block.array(), block.arrayOffset() + start, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }
}
