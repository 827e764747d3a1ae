package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appends records and makes them durable. What it returns from is on the disk; after an exception nothing is known and it
 * must not be used again, unless it was a {@link NoRoomException}.
 *
 * <p>A segment is begun only when its file is laid out, and ended before a record would reach past what was laid out. A log
 * may be without a segment to write to, when there was no room for one at start: the first append that finds room begins it.
 */
final class LogWriter implements AutoCloseable {
    private final Path directory;
    private final RecordQueue queue;
    private final LogReplay replay;
    private final HeldSegments held;
    private final NextSegments next;
    private final LogSettings settings;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private @Nullable SegmentFile last;
    private volatile boolean begun;
    private boolean forced = true;
    private volatile int segmentBytes;

    /**
     * @param replay what the log holds; all of it is durable already
     * @param last the segment that was the last one until now; the queue puts an end mark into it when the next one begins
     */
    LogWriter(
            Path directory,
            RecordQueue queue,
            LogReplay replay,
            HeldSegments held,
            NextSegments next,
            LogSettings settings,
            Optional<Path> last)
            throws IOException {
        this.directory = directory;
        this.queue = queue;
        this.replay = replay;
        this.held = held;
        this.next = next;
        this.settings = settings;
        this.last = last.isPresent() ? SegmentFile.open(last.get()) : null;
    }

    /** Begins the first segment of this process, if there is room for it. */
    void start() throws IOException {
        if (next.have(1)) {
            roll();
        }
    }

    /** Whether there is a segment to write to. */
    boolean isBegun() {
        return begun;
    }

    /**
     * Ends the present segment, if there is one, and begins the next, which is laid out. What was appended before is forced
     * first: the header that comes now knows it to be durable.
     */
    private void roll() throws IOException {
        force();
        SegmentFile ended = last;
        int cycle = next.take();
        queue.beginSegment(cycle);
        held.add(
                cycle,
                directory.resolve(Segment.fileName(cycle)),
                new SegmentContent(),
                settings.size().fileBytes());
        segmentBytes = 0;
        write(LogRecord.segmentHeader(replay, replay.lastSequence()));
        if (ended != null) {
            ended.force(settings.sync());
            ended.close();
        }
        last = SegmentFile.open(queue.currentFile());
        begun = true;
        mustBeLaidOut(queue.currentFile());
        force();
        settings.sync().forceDirectory(directory);
        next.want(1);
    }

    private void mustBeLaidOut(Path file) throws IOException {
        if (Files.size(file) != settings.size().fileBytes()) {
            throw new IOException("the queue did not begin its segment in the file that was laid out, but in " + file);
        }
    }

    /**
     * Appends consecutive entries, superseding what the log holds from the first index on, and rolls where the segment is
     * full.
     *
     * @param install takes the place of what is before it; comes before the entries
     * @throws NoRoomException when they do not all have room; nothing was written then
     */
    void append(Optional<Snapshot> install, List<Entry> entries) throws IOException {
        checkConsecutive(entries);
        mustHaveRoom(install, entries);
        if (install.isPresent()) {
            rollWhenFull(RecordCodec.HEADER_BYTES);
            write(LogRecord.base(install.get(), replay.lastSequence() + 1, durable()));
        }
        for (Entry entry : entries) {
            rollWhenFull(RecordCodec.HEADER_BYTES + entry.data().length());
            write(LogRecord.of(entry, replay.lastSequence() + 1, durable()));
        }
        force();
    }

    private long durable() {
        return forced ? replay.lastSequence() : replay.durableSequence();
    }

    private void mustHaveRoom(Optional<Snapshot> install, List<Entry> entries) {
        int segments = 0;
        int used = begun ? segmentBytes : Integer.MAX_VALUE;
        int records = install.isPresent() ? 1 + entries.size() : entries.size();
        for (int i = 0; i < records; i++) {
            int entry = install.isPresent() ? i - 1 : i;
            int size = RecordCodec.HEADER_BYTES
                    + (entry < 0 ? 0 : entries.get(entry).data().length());
            int stored = SegmentSize.stored(size);
            if (!settings.size().fits(used, stored)) {
                segments++;
                used = SegmentSize.BEGUN_BYTES;
            }
            used += stored;
        }
        if (segments > 0 && !next.have(segments)) {
            throw new NoRoomException(records + " records need " + segments + " more segments of "
                    + settings.size().fileBytes() + " bytes in " + directory + ", and there is no room for them: "
                    + next.whyMissing().map(IOException::getMessage).orElse("none is laid out"));
        }
    }

    private void rollWhenFull(int size) throws IOException {
        if (!begun || !settings.size().fits(segmentBytes, SegmentSize.stored(size))) {
            roll();
        }
    }

    /** What the present segment still takes. Any thread. */
    int freeBytes() {
        return begun ? settings.size().recordBytes() - segmentBytes : 0;
    }

    private void write(LogRecord record) {
        replay.check(record);
        int size = RecordCodec.sizeBytes(record);
        if (size > buffer.capacity()) {
            buffer = ByteBuffer.allocate(Math.max(size, buffer.capacity() * 2));
        }
        settings.codec().encode(record, buffer.clear());
        forced = false;
        replay.accept(record, queue.append(buffer.flip()));
        held.note(record);
        segmentBytes = segmentBytes + SegmentSize.stored(size);
    }

    private void force() throws IOException {
        if (!forced && last != null) {
            last.force(settings.sync());
            forced = true;
        }
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
        if (last != null) {
            last.close();
        }
    }
}
