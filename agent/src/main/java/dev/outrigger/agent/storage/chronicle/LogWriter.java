package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    /** @param replay what the log holds; all of it is durable already */
    LogWriter(RecordQueue queue, LogReplay replay, RecordCodec codec, DiskSync sync) {
        this.queue = queue;
        this.replay = replay;
        this.codec = codec;
        this.sync = sync;
    }

    /**
     * Begins the first segment of this process.
     *
     * @param lastFile the segment that was the last one until now; the queue puts an end mark into it on this occasion
     */
    void start(Path directory, Optional<Path> lastFile) throws IOException {
        writeSegmentHeader();
        if (lastFile.isPresent()) {
            sync.forceFile(lastFile.get());
        }
        holdCurrentFile(directory);
    }

    /** Ends the present segment and begins its successor. */
    void roll(Path directory) throws IOException {
        SegmentFile ended = current();
        queue.beginSegment();
        segmentBytes = 0;
        writeSegmentHeader();
        ended.force(sync);
        ended.close();
        holdCurrentFile(directory);
    }

    private void writeSegmentHeader() {
        write(LogRecord.segmentHeader(replay, replay.lastSequence()));
    }

    private void holdCurrentFile(Path directory) throws IOException {
        segment = SegmentFile.open(queue.currentFile());
        segment.force(sync);
        sync.forceDirectory(directory);
    }

    /** Appends consecutive entries, superseding what the log holds from the first index on. */
    void append(List<Entry> entries) throws IOException {
        SegmentFile current = current();
        checkConsecutive(entries);
        long durableSequence = replay.lastSequence();
        for (Entry entry : entries) {
            write(LogRecord.of(entry, replay.lastSequence() + 1, durableSequence));
        }
        current.force(sync);
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

    private SegmentFile current() {
        if (segment == null) {
            throw new IllegalStateException("no segment was begun");
        }
        return segment;
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
