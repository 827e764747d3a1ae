package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.chronicle.SegmentWalk.End;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.openhft.chronicle.queue.RollCycles;

/**
 * What our own reader found in a log directory, before the queue has opened anything in it. It goes as far as every record
 * is whole and follows from the one before; {@code stop} tells why it went no further.
 *
 * @param spans the segments in order, up to the one where it stopped
 * @param replay what the log holds up to there
 * @param stop where it stopped too early, empty for a log that is whole
 * @param promised a record in the last file read, or behind it, knew records up to this number to be durable
 * @param unbegun files behind the last segment that have nothing in them: made for a segment that was not begun
 */
record LogScan(List<Span> spans, LogReplay replay, Optional<Stop> stop, long promised, List<Path> unbegun) {
    /**
     * @param segment the file
     * @param records how many records were read in it
     * @param lastSequence number of the last record up to its end
     * @param bytes how far they reach into the file
     * @param content what they are about
     */
    record Span(Segment segment, int records, long lastSequence, long bytes, SegmentContent content) {
        /** Where the queue keeps the last record of this segment, which has one. */
        long lastPosition() {
            return position(segment, records - 1);
        }
    }

    /**
     * @param file where it stopped
     * @param offset where in the file
     * @param reason what is wrong there
     * @param last whether no segment was begun after this one
     */
    record Stop(Path file, long offset, String reason, boolean last) {}

    interface EntrySink {
        void accept(Entry entry) throws IOException;
    }

    static LogScan of(Path directory, RecordCodec codec) throws IOException {
        return of(Segment.list(directory), codec);
    }

    /** @param segments in order */
    static LogScan of(List<Segment> segments, RecordCodec codec) throws IOException {
        int begun = segments.size();
        while (begun > 0 && new SegmentWalk(segments.get(begun - 1), codec).isUnbegun()) {
            begun--;
        }
        List<Path> unbegun = segments.subList(begun, segments.size()).stream()
                .map(Segment::file)
                .toList();
        return ofBegun(segments.subList(0, begun), codec, unbegun);
    }

    private static LogScan ofBegun(List<Segment> segments, RecordCodec codec, List<Path> unbegun) throws IOException {
        LogReplay replay = new LogReplay(0);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            SegmentContent content = new SegmentContent();
            End end = new SegmentWalk(segment, codec).walk((record, number, offset) -> {
                replay.accept(record, position(segment, number));
                content.note(record);
            });
            spans.add(new Span(segment, end.records(), replay.lastSequence(), end.offset(), content));
            boolean last = i == segments.size() - 1;
            if (end.kind() != (last ? End.Kind.OPEN : End.Kind.CLOSED)) {
                long promised = promised(segments.subList(i, segments.size()), codec, replay.lastSequence());
                return new LogScan(spans, replay, stop(segment, end, last), promised, unbegun);
            }
        }
        return new LogScan(spans, replay, Optional.empty(), replay.durableSequence(), unbegun);
    }

    /** A last segment that is closed is whole, if nothing promises more: the process ended before it began the next. */
    private static Optional<Stop> stop(Segment segment, End end, boolean last) {
        if (last && end.kind() == End.Kind.CLOSED) {
            return Optional.empty();
        }
        String reason = end.kind() == End.Kind.OPEN ? "it has a successor but no end mark" : end.reason();
        return Optional.of(new Stop(segment.file(), end.offset(), reason, last));
    }

    /** A log without segments that begins where {@code before} begins, and whose record numbers go on after it. */
    static LogScan emptyAfter(LogReplay before) {
        return new LogScan(List.of(), before.emptied(), Optional.empty(), 0, List.of());
    }

    /** The same once its last segment ends where the scan did. One that is torn before its first record was not begun. */
    LogScan endedHere() {
        if (stop.isEmpty() || last().records() > 0) {
            return new LogScan(spans, replay, Optional.empty(), promised, unbegun);
        }
        List<Path> notBegun = new ArrayList<>(unbegun);
        notBegun.add(last().segment().file());
        return new LogScan(spans.subList(0, spans.size() - 1), replay, Optional.empty(), promised, notBegun);
    }

    /** The first segment, if there is one. */
    Optional<Path> firstFile() {
        return spans.isEmpty()
                ? Optional.empty()
                : Optional.of(spans.get(0).segment().file());
    }

    /** The last segment that was read, if there is one. */
    Optional<Path> lastFile() {
        return spans.isEmpty() ? Optional.empty() : Optional.of(last().segment().file());
    }

    /** Number of the last segment, 0 when there is none. */
    int lastCycle() {
        return spans.isEmpty() ? 0 : last().segment().cycle();
    }

    /** Goes through the directory again and hands out the entries that the log holds, in the order of their index. */
    void forEachLiveEntry(RecordCodec codec, EntrySink sink) throws IOException {
        for (Span span : spans) {
            new SegmentWalk(span.segment(), codec).walk((record, number, offset) -> {
                if (record.isEntry()
                        && number < span.records()
                        && replay.isLive(record.index(), position(span.segment(), number))) {
                    sink.accept(record.entry());
                }
            });
        }
    }

    /** Where it ends. */
    String end() {
        String end = spans.isEmpty() ? "nowhere" : "in " + last().segment().file() + " at byte " + last().bytes();
        return unbegun.isEmpty() ? end : end + ", and from byte 0 on there is nothing in " + unbegun.get(0);
    }

    private Span last() {
        return spans.get(spans.size() - 1);
    }

    private static long position(Segment segment, int number) {
        return position(segment.cycle(), number);
    }

    /** Where the queue keeps a record: the segment, and its place among the records there, from 0. */
    static long position(int cycle, int number) {
        return RollCycles.FAST_DAILY.toIndex(cycle, number);
    }

    /** Stops looking once it has seen more promised than was found: the answer is clear then. */
    private static long promised(List<Segment> segments, RecordCodec codec, long found) throws IOException {
        long highest = 0;
        for (Segment segment : segments) {
            highest = Math.max(highest, new SegmentWalk(segment, codec).highestDurableSequence());
            if (highest > found) {
                break;
            }
        }
        return highest;
    }
}
