package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One file of a log. The queue names its files after days; our clock counts one day up for each segment, so the day's
 * number is the segment's number.
 *
 * @param cycle number of the segment, from 1
 * @param file the file
 * @param source opens it
 */
record Segment(int cycle, Path file, StoredBytes.Source source) {
    private static final String SUFFIX = ".cq4";
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd'F'");

    /** The segments in {@code directory} in order, from our own look at it. */
    static List<Segment> list(Path directory) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                of(file, () -> StoredBytes.open(file)).ifPresent(segments::add);
            }
        }
        segments.sort(Comparator.comparingInt(Segment::cycle));
        return segments;
    }

    /** The segment that this file is, empty when it is something else. */
    static Optional<Segment> of(Path file, StoredBytes.Source source) {
        String name = file.getFileName().toString();
        if (name.endsWith(".discard")) {
            throw new DamagedStorageException(
                    file + " is a segment that was put aside as unreadable. " + StorageAdvice.REJOIN);
        }
        return name.endsWith(SUFFIX)
                ? Optional.of(new Segment(
                        cycleOf(file, name.substring(0, name.length() - SUFFIX.length())), file, source))
                : Optional.empty();
    }

    /** Name of the file of segment {@code cycle}. */
    static String fileName(int cycle) {
        return NAME.format(LocalDate.ofEpochDay(cycle)) + SUFFIX;
    }

    private static int cycleOf(Path file, String day) {
        try {
            return Math.toIntExact(LocalDate.parse(day, NAME).toEpochDay());
        } catch (DateTimeParseException e) {
            throw new DamagedStorageException(
                    file + " is not named like a segment of this log. " + StorageAdvice.REJOIN, e);
        }
    }
}
