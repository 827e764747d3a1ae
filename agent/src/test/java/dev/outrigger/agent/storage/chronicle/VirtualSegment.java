package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.simulator.disk.DiskFault;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.LogDamage;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.RecordCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.openhft.chronicle.wire.Wires;
import org.jspecify.annotations.Nullable;

/**
 * One segment file on a virtual disk: the bytes as the queue lays them down, and where each record is. Records gather until
 * {@link #write()}, which puts all of them into the file at once.
 */
final class VirtualSegment {
    /** Stands for the header that the queue writes. */
    private static final byte[] FILE_HEADER = fileHeader();

    private final VirtualDisk disk;
    private final RecordCodec codec;
    private final String file;
    private int[] offsets = new int[16];
    private int records;
    private int end;
    private boolean closed;
    private @Nullable LogRecord header;
    private long lowestIndex = Long.MAX_VALUE;
    private ByteBuffer batch = ByteBuffer.allocate(512);

    private VirtualSegment(VirtualDisk disk, RecordCodec codec, String file) {
        this.disk = disk;
        this.codec = codec;
        this.file = file;
    }

    private static byte[] fileHeader() {
        int length = 28;
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(Wires.META_DATA | length);
        return bytes.array();
    }

    static VirtualSegment create(VirtualDisk disk, RecordCodec codec, String file) {
        disk.create(file);
        VirtualSegment segment = new VirtualSegment(disk, codec, file);
        segment.batch.put(FILE_HEADER);
        return segment;
    }

    /** A segment that was scanned and is whole. */
    static VirtualSegment open(VirtualDisk disk, RecordCodec codec, String file) throws DiskFault {
        VirtualSegment segment = new VirtualSegment(disk, codec, file);
        ByteBuffer bytes = ByteBuffer.wrap(disk.read(file)).order(ByteOrder.LITTLE_ENDIAN);
        int offset = 0;
        while (offset + Integer.BYTES <= bytes.limit()) {
            int word = bytes.getInt(offset);
            segment.closed = word == Wires.END_OF_DATA;
            if (word == 0 || segment.closed) {
                break;
            }
            int length = Wires.lengthOf(word);
            if (Wires.isReadyData(word)) {
                segment.note(codec.decode(bytes, offset + Integer.BYTES, length), offset);
            }
            offset = align(offset + Integer.BYTES + length);
        }
        segment.end = offset;
        return segment;
    }

    /** Takes one more record. */
    void add(LogRecord record) {
        int size = RecordCodec.sizeBytes(record);
        int needed = align(batch.position() + Integer.BYTES + size);
        if (needed > batch.capacity()) {
            batch = ByteBuffer.allocate(Math.max(needed, batch.capacity() * 2)).put(batch.flip());
        }
        note(record, end + batch.position());
        batch.order(ByteOrder.LITTLE_ENDIAN).putInt(size);
        codec.encode(record, batch);
        while (batch.position() < needed) {
            batch.put((byte) 0);
        }
    }

    /** Puts into the file what was added; not onto the platter. */
    void write() {
        disk.write(file, end, batch.array(), 0, batch.position());
        end += batch.position();
        batch.clear();
    }

    /** Writes the end mark. */
    void finish() {
        if (!closed) {
            ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            disk.write(file, end, mark.putInt(Wires.END_OF_DATA).array());
            closed = true;
        }
    }

    void sync() throws DiskFault {
        disk.sync(file);
    }

    /**
     * Reads one record back.
     *
     * @throws LogDamage when it is not there or not whole
     */
    LogRecord read(int number) throws DiskFault {
        int offset = offsets[number];
        int next = number + 1 < records ? offsets[number + 1] : end;
        ByteBuffer bytes = ByteBuffer.allocate(next - offset).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(file, offset, bytes.array());
        int word = bytes.getInt(0);
        if (!Wires.isReadyData(word) || Wires.lengthOf(word) > bytes.capacity() - Integer.BYTES) {
            throw new LogDamage("there is no record at byte " + offset + " of " + file);
        }
        return codec.decode(bytes, Integer.BYTES, Wires.lengthOf(word));
    }

    private void note(LogRecord record, int offset) {
        if (records == offsets.length) {
            offsets = Arrays.copyOf(offsets, records * 2);
        }
        offsets[records++] = offset;
        if (record.kindTag() == LogRecord.SEGMENT_HEADER) {
            header = record;
        } else {
            lowestIndex = Math.min(lowestIndex, record.index());
        }
    }

    String file() {
        return file;
    }

    int records() {
        return records;
    }

    /** Bytes in the file. */
    int bytes() {
        return end;
    }

    /** The record that says how the log ended before this segment; null when the process ended before it was there. */
    @Nullable
    LogRecord header() {
        return header;
    }

    /** No entry or base in here is at an earlier index. */
    long lowestIndex() {
        return lowestIndex;
    }

    private static int align(int offset) {
        return (offset + 3) & ~3;
    }
}
