package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends records and makes them durable. What it returns from is on the disk; after an exception nothing is known and it
 * must not be used again.
 */
final class LogWriter implements AutoCloseable {
    private final RecordQueue queue;
    private final LogReplay replay;
    private final RecordCodec codec;
    private final DiskSync sync;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private @Nullable SegmentFile segment;
    private long segmentBytes;

    /**
     * @param replay what the log holds; all of it is durable already
     * @param lastFile the segment to which the queue still has to put an end mark, null when there is none
     */
    LogWriter(RecordQueue queue, LogReplay replay, RecordCodec codec, DiskSync sync, @Nullable Path lastFile)
            throws IOException {
        this.queue = queue;
        this.replay = replay;
        this.codec = codec;
        this.sync = sync;
        this.segment = lastFile == null ? null : SegmentFile.open(lastFile);
    }

    /** Begins a segment, the very first time in the one that the queue was opened for. */
    void beginSegment(Path directory) throws IOException {
        write(LogRecord.segmentHeader(replay, replay.lastSequence()));
        if (segment != null) {
            segment.force(sync); // it got its end mark just now
            segment.close();
        }
        segment = SegmentFile.open(queue.currentFile());
        segment.force(sync);
        sync.forceDirectory(directory);
    }

    /** Begins the segment that follows the present one. */
    void roll(Path directory) throws IOException {
        queue.beginSegment();
        segmentBytes = 0;
        beginSegment(directory);
    }

    /** Appends consecutive entries, superseding what the log holds from the first index on. */
    void append(List<Entry> entries) throws IOException {
        if (segment == null) {
            throw new IllegalStateException("no segment was begun");
        }
        checkConsecutive(entries);
        long durableSequence = replay.lastSequence();
        for (Entry entry : entries) {
            write(LogRecord.of(entry, replay.lastSequence() + 1, durableSequence));
        }
        segment.force(sync);
    }

    /** Bytes in the segment that is written to. */
    long segmentBytes() {
        return segmentBytes;
    }

    private void write(LogRecord record) {
        replay.check(record);
        int size = RecordCodec.sizeBytes(record);
        if (size > buffer.capacity()) {
            buffer = ByteBuffer.allocate(Math.max(size, buffer.capacity() * 2));
        }
        codec.encode(record, buffer.clear());
        replay.accept(record, queue.append(buffer.flip()));
        segmentBytes += Integer.BYTES + size;
    }

    private static void checkConsecutive(List<Entry> entries) {
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i).index() != entries.get(i - 1).index() + 1) {
                throw new IllegalArgumentException("entry " + entries.get(i).index() + " follows entry "
                        + entries.get(i - 1).index() + " in one batch");
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (segment != null) {
            segment.close();
        }
    }
}
