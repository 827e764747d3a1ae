package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.LogRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The segments of a log in use, and what is in them. Confined to the log thread. */
final class HeldSegments {
    private final TreeMap<Integer, Held> segments = new TreeMap<>();

    /**
     * @param file the file
     * @param content what is in it
     * @param bytes what it occupies
     */
    private record Held(Path file, SegmentContent content, long bytes) {}

    /** Adds one with a higher number than all others. */
    void add(int cycle, Path file, SegmentContent content, long bytes) {
        segments.put(cycle, new Held(file, content, bytes));
    }

    /** A record more in the last segment. */
    void note(LogRecord record) {
        segments.lastEntry().getValue().content().note(record);
    }

    /**
     * Number of the first segment to keep when nothing before {@code firstIndex} is needed. It begins behind an entry before
     * {@code firstIndex}, and neither it nor a later one goes back behind that entry.
     */
    Optional<Integer> firstKept(long firstIndex) {
        long lowestIndex = Long.MAX_VALUE;
        for (Map.Entry<Integer, Held> entry : segments.descendingMap().entrySet()) {
            SegmentContent content = entry.getValue().content();
            LogRecord header = content.header();
            lowestIndex = Math.min(lowestIndex, content.lowestIndex());
            if (header != null && header.index() < firstIndex && header.index() < lowestIndex) {
                return Optional.of(entry.getKey()).filter(kept -> kept > segments.firstKey());
            }
        }
        return Optional.empty();
    }

    /** Forgets the segments before {@code kept}; gives their files, oldest first. */
    List<Path> dropBefore(int kept) {
        List<Path> dropped = new ArrayList<>();
        while (!segments.isEmpty() && segments.firstKey() < kept) {
            dropped.add(segments.pollFirstEntry().getValue().file());
        }
        return dropped;
    }

    /** The header of the first segment. */
    Optional<LogRecord> firstHeader() {
        return segments.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(segments.firstEntry().getValue().content().header());
    }

    /** What the records in them take. */
    long recordBytes() {
        return segments.values().stream()
                .mapToLong(segment -> segment.content().bytes())
                .sum();
    }

    /** What they occupy. */
    long bytes() {
        return segments.values().stream().mapToLong(Held::bytes).sum();
    }
}
