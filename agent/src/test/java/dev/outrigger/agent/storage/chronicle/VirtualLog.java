package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.disk.DiskFault;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.LogDamage;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.chronicle.LogScan.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.openhft.chronicle.queue.RollCycles;

/** A log directory on a virtual disk, in use: {@link OpenLog} and {@link LogWriter} without the queue. */
final class VirtualLog {
    private final VirtualDisk disk;
    private final RecordCodec codec;
    private final String directory;
    private final int segmentBytesMax;
    private final LogReplay replay;
    private final TreeMap<Integer, VirtualSegment> segments = new TreeMap<>();
    private VirtualSegment current;

    private VirtualLog(VirtualDisk disk, RecordCodec codec, String directory, int segmentBytesMax, LogScan scan)
            throws IOException {
        this.disk = disk;
        this.codec = codec;
        this.directory = directory;
        this.segmentBytesMax = segmentBytesMax;
        this.replay = scan.replay();
        for (Path unbegun : scan.unbegun()) {
            disk.delete(directory + "/" + unbegun.getFileName());
        }
        for (Span span : scan.spans()) {
            String file = directory + "/" + span.segment().file().getFileName();
            disk.sync(file);
            segments.put(span.segment().cycle(), VirtualSegment.open(disk, codec, file));
        }
        disk.syncDirectory(directory);
        this.current = begin(scan.lastCycle() + 1);
    }

    /** Forces all that was found, and begins a segment of its own. */
    static VirtualLog behind(LogScan scan, VirtualDisk disk, RecordCodec codec, String directory, int segmentBytesMax)
            throws IOException {
        return new VirtualLog(disk, codec, directory, segmentBytesMax, scan);
    }

    static LogScan scan(VirtualDisk disk, String directory, RecordCodec codec) throws IOException {
        VirtualFiles files = new VirtualFiles(disk);
        List<Segment> segments = new ArrayList<>();
        for (String file : disk.list(directory)) { // in the order of their names, which is that of their numbers
            Segment.of(Path.of(file), () -> files.open(file)).ifPresent(segments::add);
        }
        return LogScan.of(segments, codec);
    }

    private VirtualSegment begin(int cycle) throws DiskFault {
        VirtualSegment next = VirtualSegment.create(disk, codec, directory + "/" + Segment.fileName(cycle));
        Map.Entry<Integer, VirtualSegment> last = segments.lastEntry();
        segments.put(cycle, next);
        add(cycle, next, LogRecord.segmentHeader(replay, replay.lastSequence()));
        next.write();
        if (last != null) {
            last.getValue().finish();
            last.getValue().sync();
        }
        next.sync();
        disk.syncDirectory(directory);
        return next;
    }

    private void add(int cycle, VirtualSegment segment, LogRecord record) {
        replay.check(record);
        replay.accept(record, LogScan.position(cycle, segment.records()));
        segment.add(record);
    }

    LogReplay replay() {
        return replay;
    }

    boolean segmentIsFull() {
        return current.bytes() >= segmentBytesMax;
    }

    void roll() throws DiskFault {
        current = begin(segments.lastKey() + 1);
    }

    /**
     * Appends and forces.
     *
     * @param installed at most one snapshot that takes the place of what is before it
     */
    void append(List<Snapshot> installed, List<Entry> entries) throws DiskFault {
        int cycle = segments.lastKey();
        long durableSequence = replay.lastSequence();
        for (Snapshot snapshot : installed) {
            add(cycle, current, LogRecord.base(snapshot, replay.lastSequence() + 1, durableSequence));
        }
        for (Entry entry : entries) {
            add(cycle, current, LogRecord.of(entry, replay.lastSequence() + 1, durableSequence));
        }
        current.write();
        current.sync();
    }

    Entry read(long index) throws DiskFault {
        long position = replay.position(index);
        VirtualSegment segment = segments.get(RollCycles.FAST_DAILY.toCycle(position));
        if (segment == null) {
            throw new LogDamage("the segment of entry " + index + " is gone");
        }
        LogRecord record = segment.read((int) RollCycles.FAST_DAILY.toSequenceNumber(position));
        if (!record.isEntry() || record.index() != index || record.term() != replay.termAt(index)) {
            throw new LogDamage("where entry %d of term %d should be there is entry %d of term %d"
                    .formatted(index, replay.termAt(index), record.index(), record.term()));
        }
        return record.entry();
    }

    /**
     * Number of the first segment to keep when nothing before {@code firstIndex} is needed. It begins behind an entry before
     * {@code firstIndex}, and neither it nor a later one goes back behind that entry.
     */
    int firstKept(long firstIndex) {
        long lowestIndex = Long.MAX_VALUE;
        for (Map.Entry<Integer, VirtualSegment> entry : segments.descendingMap().entrySet()) {
            VirtualSegment segment = entry.getValue();
            LogRecord header = segment.header();
            lowestIndex = Math.min(lowestIndex, segment.lowestIndex());
            if (header != null && header.index() < firstIndex && header.index() < lowestIndex) {
                return entry.getKey();
            }
        }
        return segments.firstKey();
    }

    /** Deletes the segments before {@code kept}, which are known to be dropped already: they may go in any order. */
    void dropBefore(int kept) {
        while (segments.firstKey() < kept) {
            disk.delete(segments.pollFirstEntry().getValue().file());
        }
        LogRecord header = segments.firstEntry().getValue().header();
        if (header != null && header.index() >= replay.firstIndex()) {
            replay.dropUpTo(header.index(), header.timeMillis());
        }
    }

    long bytes() {
        long bytes = 0;
        for (VirtualSegment segment : segments.values()) {
            bytes += segment.bytes();
        }
        return bytes;
    }

    int segments() {
        return segments.size();
    }
}
