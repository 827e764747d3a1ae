package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.LogDamage;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.chronicle.LogScan.Span;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log directory in use: what it holds, appended to and read from. */
final class OpenLog implements AutoCloseable {
    /** What the queue makes its table of locks and listings. */
    private static final int TABLE_BYTES = 128 << 10;

    /** An ended segment keeps its file up to a multiple of this. */
    private static final int TRIM_BYTES = 64 << 10;

    private final Path directory;
    private final LogSettings settings;
    private final LogReplay replay;
    private final HeldSegments held = new HeldSegments();
    private final NextSegments next;
    private final RecordQueue queue;
    private final LogWriter writer;
    private final LogReader reader;
    private volatile long heldBytes;
    private volatile long recordBytes;
    private volatile int refusedBytes;

    private OpenLog(LogScan scan, Path directory, LogSettings settings) throws IOException {
        this.directory = directory;
        this.settings = settings;
        this.replay = scan.replay();
        for (Span span : scan.spans()) {
            Segment segment = span.segment();
            held.add(segment.cycle(), segment.file(), span.content(), Files.size(segment.file()));
        }
        int cycle = scan.lastCycle() + 1;
        this.next = NextSegments.open(directory, settings.size(), settings.sync(), settings.background(), cycle);
        this.queue = new RecordQueue(directory, settings.blockBytes(), cycle);
        this.writer = new LogWriter(directory, queue, replay, held, next, settings, scan.lastFile());
        this.reader = new LogReader(queue, settings.codec());
    }

    /**
     * Opens the queue in a directory that was scanned and found whole, puts on the disk all that was found, begins a segment
     * of its own if there is room for one, and reads back through the queue the end of every segment and the beginning of the
     * next, up to its own first record: an append behind something that the queue cannot cross would be lost.
     *
     * @param durableSequence records up to this number are known to be on the disk
     * @throws LogDamage when the queue does not see what the scan saw
     */
    static OpenLog behind(LogScan scan, long durableSequence, Path directory, LogSettings settings) throws IOException {
        for (Path unbegun : scan.unbegun()) {
            Files.delete(unbegun);
        }
        new UnforcedTail(settings.codec(), durableSequence).rewrite(scan);
        for (Span span : scan.spans()) {
            trim(span);
            settings.sync().forceFile(span.segment().file());
        }
        // It may hold the lock of a dead process. The queue makes it anew when it is empty, and a full disk has its
        // place.
        Zeros.overwrite(directory.resolve("metadata.cq4t"), TABLE_BYTES);
        // The name of the last segment too: what is written next takes what is in it to be durable.
        settings.sync().forceDirectory(directory);
        OpenLog log = new OpenLog(scan, directory, settings);
        try {
            log.writer.start();
            if (scan.spans().isEmpty() && !log.isBegun()) {
                throw new NoRoomException("there is no room for a first segment of "
                        + settings.size().fileBytes() + " bytes in " + directory);
            }
            for (Span span : scan.spans()) {
                log.checkCrossing(span, span.segment().cycle() == scan.lastCycle());
            }
            log.measure();
            return log;
        } catch (Throwable e) {
            log.close();
            throw e;
        }
    }

    /** Gives back what was laid out and not used. Should the queue make the file longer again, it will not write there. */
    private static void trim(Span span) throws IOException {
        long end = (span.bytes() + Integer.BYTES + TRIM_BYTES - 1) / TRIM_BYTES * TRIM_BYTES;
        try (FileChannel channel = FileChannel.open(span.segment().file(), StandardOpenOption.WRITE)) {
            channel.truncate(end);
        }
    }

    LogReplay replay() {
        return replay;
    }

    /** Whether there was room for a segment to write to. */
    boolean isBegun() {
        return writer.isBegun();
    }

    /**
     * Appends and forces.
     *
     * @throws NoRoomException when there is no room, and nothing was written
     */
    void append(Optional<Snapshot> install, List<Entry> entries) throws IOException {
        try {
            writer.append(install, entries);
            refusedBytes = 0;
        } catch (NoRoomException e) {
            refusedBytes = Integer.MAX_VALUE;
            throw e;
        }
        measure();
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

    /** Number of the first segment to keep when nothing before {@code firstIndex} is needed; empty to keep all. */
    Optional<Integer> firstKept(long firstIndex) {
        return held.firstKept(firstIndex);
    }

    /** Gives back the space of what is laid out and not in use, for something that matters more. */
    void giveUpSpace() throws IOException {
        next.giveUp();
    }

    /**
     * Deletes the segments before {@code kept}, which are known to be dropped already: should the power go, they may be gone
     * in any order. Nothing holds on to them then, or their space would stay occupied.
     */
    void dropBefore(int kept) throws IOException {
        reader.letGo();
        for (Path file : held.dropBefore(kept)) {
            Files.delete(file);
        }
        settings.sync().forceDirectory(directory);
        queue.forgetDeleted();
        Optional<LogRecord> header = held.firstHeader();
        if (header.isPresent() && header.get().index() >= replay.firstIndex()) {
            replay.dropUpTo(header.get().index(), header.get().timeMillis());
        }
        measure();
        next.want(1);
    }

    /** Whether there is no segment to come, and the present one does not take what there may be to write. Any thread. */
    boolean isFull() {
        int needed = Math.max(refusedBytes, settings.size().largestRecordBytes());
        return next.whyMissing().isPresent() && writer.freeBytes() < needed;
    }

    /** Breaks off what is under way in the background; the log is closed after that. */
    void stopLayingOut() {
        next.close();
    }

    /** Lays out again what could not be before. Any thread but the log thread. */
    void layOut() {
        next.layOut();
    }

    private void measure() {
        heldBytes = held.bytes();
        recordBytes = held.recordBytes();
    }

    /** What the records take. Any thread. */
    long recordBytes() {
        return recordBytes;
    }

    /** What the files occupy. Any thread. */
    long bytesOnDisk() {
        return heldBytes + next.bytes() + TABLE_BYTES;
    }

    private void checkCrossing(Span span, boolean last) {
        if (span.records() > 0) {
            long found = reader.read(span.lastPosition()).sequence();
            boolean crosses = !last || writer.isBegun();
            long after = crosses ? reader.readNext().sequence() : found + 1;
            if (found != span.lastSequence() || after != found + 1) {
                throw new LogDamage("the queue goes from record " + found + " on to " + after + " after record "
                        + span.lastSequence() + " in " + span.segment().file());
            }
        }
    }

    @Override
    public void close() throws IOException {
        next.close();
        reader.close();
        queue.close();
        writer.close();
    }
}
