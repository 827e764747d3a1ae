package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Records to bytes and back. Little endian:
 *
 * <pre>
 *  0 u8  kind              8 i64 sequence          40 i64 timeMillis
 *  1 u8  version (1)      16 i64 durableSequence   48 i32 CRC32C
 *  2 u16 reserved (0)     24 i64 term              52     data
 *  4 i32 bytes of data    32 i64 index
 * </pre>
 *
 * The checksum covers everything else, and the storage id as well: a record that was copied from another disk does not
 * pass. Not for use by several threads at once.
 */
public final class RecordCodec {
    public static final int HEADER_BYTES = 52;

    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 48;

    private final CRC32C crc = new CRC32C();
    private final int diskMark;

    public RecordCodec(String storageId) {
        crc.update(storageId.getBytes(StandardCharsets.UTF_8));
        this.diskMark = (int) crc.getValue();
    }

    /** Bytes that {@code record} takes when encoded. */
    public static int sizeBytes(LogRecord record) {
        return HEADER_BYTES + record.data().length();
    }

    /** Puts {@code record} at the position of {@code target}, which is array-backed and has the room. */
    public void encode(LogRecord record, ByteBuffer target) {
        int start = target.position();
        target.order(ByteOrder.LITTLE_ENDIAN);
        target.put((byte) record.kindTag()).put((byte) VERSION).putShort((short) 0);
        target.putInt(record.data().length());
        target.putLong(record.sequence()).putLong(record.durableSequence());
        target.putLong(record.term()).putLong(record.index()).putLong(record.timeMillis());
        target.putInt(diskMark);
        target.put(record.data().array());
        target.putInt(start + CRC_OFFSET, crcOf(target, start, target.position() - start));
    }

    /**
     * Reads the record that fills {@code length} bytes of an array-backed buffer from {@code start}; the buffer's own
     * position does not matter. The bytes are written to for a moment: the checksum's place holds the mark of the disk
     * while it is computed.
     *
     * @throws LogDamage when these bytes are not a record of this disk
     */
    public LogRecord decode(ByteBuffer source, int start, int length) {
        if (!isPlausible(source, start, length)) {
            throw new LogDamage(length + " bytes do not begin like a record of this format");
        }
        int stored = source.getInt(start + CRC_OFFSET);
        source.putInt(start + CRC_OFFSET, diskMark);
        int computed = crcOf(source, start, length);
        source.putInt(start + CRC_OFFSET, stored);
        if (computed != stored) {
            throw new LogDamage("checksum is %08x, computed %08x".formatted(stored, computed));
        }
        byte[] data = new byte[length - HEADER_BYTES];
        source.get(start + HEADER_BYTES, data);
        return new LogRecord(
                kindTag(source, start),
                source.getLong(start + 8),
                source.getLong(start + 16),
                source.getLong(start + 24),
                source.getLong(start + 32),
                source.getLong(start + 40),
                Payload.of(data));
    }

    /** Whether the first {@link #HEADER_BYTES} from {@code start} could begin a record of {@code length} bytes. Cheap. */
    public static boolean isPlausible(ByteBuffer source, int start, int length) {
        source.order(ByteOrder.LITTLE_ENDIAN);
        return length >= HEADER_BYTES
                && source.get(start + 1) == VERSION
                && source.getInt(start + 4) == length - HEADER_BYTES
                && isKnownKind(kindTag(source, start));
    }

    private static int kindTag(ByteBuffer source, int start) {
        return source.get(start) & 0xff;
    }

    private static boolean isKnownKind(int tag) {
        if (tag == LogRecord.SEGMENT_HEADER || tag == LogRecord.BASE) {
            return true;
        }
        for (Entry.Kind kind : Entry.Kind.values()) {
            if (kind.tag() == tag) {
                return true;
            }
        }
        return false;
    }

    private int crcOf(ByteBuffer buffer, int start, int length) {
        crc.reset();
        crc.update(buffer.array(), buffer.arrayOffset() + start, length);
        return (int) crc.getValue();
    }
}
