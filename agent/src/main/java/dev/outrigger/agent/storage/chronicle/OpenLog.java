package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.storage.LogDamage;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.chronicle.LogScan.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A log directory in use: what it holds, appended to and read from. */
final class OpenLog implements AutoCloseable {
    /** What a segment takes before its first record: the queue's header and index. */
    private static final int SEGMENT_OVERHEAD_BYTES = 66 << 10;

    private final Path directory;
    private final int segmentBytesMax;
    private final LogReplay replay;
    private final RecordQueue queue;
    private final LogWriter writer;
    private final LogReader reader;
    private long finishedBytes;

    private OpenLog(LogScan scan, Path directory, ChronicleStorage.Options options, RecordCodec codec, DiskSync sync) {
        this.directory = directory;
        this.segmentBytesMax = options.segmentBytes();
        this.replay = scan.replay();
        this.queue = new RecordQueue(directory, options.blockBytes(), scan.lastCycle() + 1);
        this.writer = new LogWriter(queue, replay, codec, sync);
        this.reader = new LogReader(queue, codec);
        this.finishedBytes = scan.spans().stream().mapToLong(Span::bytes).sum();
    }

    /**
     * Opens the queue in a directory that was scanned and found whole, forces all that was found, begins a segment of its
     * own, and reads back through the queue the end of every segment and the beginning of the next, up to its own first
     * record: an append behind something that the queue cannot cross would be lost.
     *
     * @throws LogDamage when the queue does not see what the scan saw
     */
    static OpenLog behind(
            LogScan scan, Path directory, ChronicleStorage.Options options, RecordCodec codec, DiskSync sync)
            throws IOException {
        // It may hold the lock of a dead process, and the queue makes it anew.
        Files.deleteIfExists(directory.resolve("metadata.cq4t"));
        for (Span span : scan.spans()) {
            sync.forceFile(span.segment().file());
        }
        // The name of the last segment too: what is written next takes what is in it to be durable.
        sync.forceDirectory(directory);
        OpenLog log = new OpenLog(scan, directory, options, codec, sync);
        try {
            log.writer.start(directory, scan.lastFile());
            scan.spans().forEach(log::checkCrossing);
            return log;
        } catch (Throwable e) {
            log.close();
            throw e;
        }
    }

    LogOutline outline() {
        return replay.outline();
    }

    /** Number of the last record; it is durable. */
    long lastSequence() {
        return replay.lastSequence();
    }

    long lastIndex() {
        return replay.lastIndex();
    }

    boolean segmentIsFull() {
        return writer.segmentBytes() >= segmentBytesMax;
    }

    void roll() throws IOException {
        finishedBytes += SEGMENT_OVERHEAD_BYTES + writer.segmentBytes();
        writer.roll(directory);
    }

    void append(List<Entry> entries) throws IOException {
        writer.append(entries);
    }

    List<Entry> read(long firstIndex, int bytesMax) {
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        for (long index = firstIndex; index <= replay.lastIndex(); index++) {
            Entry entry = read(index);
            bytes += entry.sizeBytes();
            if (bytes > bytesMax && !entries.isEmpty()) {
                break;
            }
            entries.add(entry);
        }
        return entries;
    }

    private Entry read(long index) {
        LogRecord record = reader.read(replay.position(index));
        if (!record.isEntry() || record.index() != index || record.term() != replay.termAt(index)) {
            throw new LogDamage("where entry %d of term %d should be there is entry %d of term %d"
                    .formatted(index, replay.termAt(index), record.index(), record.term()));
        }
        return record.entry();
    }

    long bytesOnDisk() {
        return finishedBytes + SEGMENT_OVERHEAD_BYTES + writer.segmentBytes();
    }

    private void checkCrossing(Span span) {
        if (span.records() > 0) {
            long last = reader.read(span.lastPosition()).sequence();
            long next = reader.readNext().sequence();
            if (last != span.lastSequence() || next != last + 1) {
                throw new LogDamage("the queue goes from record " + last + " on to " + next + " after record "
                        + span.lastSequence() + " in " + span.segment().file());
            }
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
        queue.close();
        writer.close();
    }
}
