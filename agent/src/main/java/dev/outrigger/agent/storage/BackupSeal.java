package dev.outrigger.agent.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a backup ends with, so that one that was cut off between two blocks does not pass for whole. Big endian: the text
 * {@code ORBACKUP}, i64 bytes, i32 checksum, and CRC32C over these.
 *
 * @param bytes size of the snapshot's file before it
 * @param checksum CRC32C over that
 */
public record BackupSeal(long bytes, int checksum) {
    /** What it takes. */
    public static final int BYTES = 8 + Long.BYTES + Integer.BYTES + Integer.BYTES;

    private static final long MAGIC =
            ByteBuffer.wrap("ORBACKUP".getBytes(StandardCharsets.US_ASCII)).getLong();

    public byte[] encode() {
        ByteBuffer seal =
                ByteBuffer.allocate(BYTES).putLong(MAGIC).putLong(bytes).putInt(checksum);
        return seal.putInt(crc(seal.array(), 0)).array();
    }

    /** Empty when what begins at {@code offset} is none. */
    public static Optional<BackupSeal> decode(byte[] array, int offset) {
        ByteBuffer seal = ByteBuffer.wrap(array, offset, BYTES);
        if (seal.getLong() != MAGIC) {
            return Optional.empty();
        }
        BackupSeal read = new BackupSeal(seal.getLong(), seal.getInt());
        return seal.getInt() == crc(array, offset) ? Optional.of(read) : Optional.empty();
    }

    private static int crc(byte[] array, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(array, offset, BYTES - Integer.BYTES);
        return (int) crc.getValue();
    }
}
