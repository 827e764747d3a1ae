package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Snapshot;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a snapshot's file tells of it; names sort by index.
 *
 * @param index last index included
 * @param term term of the entry there
 * @param checksum CRC32C over the whole file
 */
record SnapshotName(long index, long term, long checksum) implements Comparable<SnapshotName> {
    private static final Pattern WHOLE = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{8})\\.snapshot");
    private static final Pattern PART =
            Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{8})-([0-9a-f]{16})\\.part");

    /**
     * A snapshot that is being received.
     *
     * @param name what it will be
     * @param bytes size of the whole
     */
    record Part(SnapshotName name, long bytes) {}

    static SnapshotName of(Snapshot snapshot) {
        return new SnapshotName(snapshot.index(), snapshot.term(), snapshot.checksum());
    }

    /** Empty when {@code file} is not named like a snapshot. */
    static Optional<SnapshotName> parse(Path file) {
        Matcher matcher = WHOLE.matcher(file.getFileName().toString());
        return matcher.matches() ? Optional.of(name(matcher)) : Optional.empty();
    }

    /** Empty when {@code file} is not named like a part of a snapshot. */
    static Optional<Part> parsePart(Path file) {
        Matcher matcher = PART.matcher(file.getFileName().toString());
        return matcher.matches() ? Optional.of(new Part(name(matcher), number(matcher, 4))) : Optional.empty();
    }

    private static SnapshotName name(Matcher matcher) {
        return new SnapshotName(number(matcher, 1), number(matcher, 2), number(matcher, 3));
    }

    private static long number(Matcher matcher, int group) {
        return Long.parseUnsignedLong(matcher.group(group), 16);
    }

    String file() {
        return base() + ".snapshot";
    }

    String partFile(long bytes) {
        return base() + "-%016x.part".formatted(bytes);
    }

    private String base() {
        return "%016x-%016x-%08x".formatted(index, term, checksum);
    }

    @Override
    public int compareTo(SnapshotName other) {
        return file().compareTo(other.file());
    }
}
