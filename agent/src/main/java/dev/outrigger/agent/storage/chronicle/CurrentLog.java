package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which log in a data directory counts.
 *
 * @param generation number of the log directory, from 1
 * @param firstSegment segments with a lower number were dropped, since a snapshot holds what was in them
 */
record CurrentLog(int generation, int firstSegment) {
    /** What a disk begins with. */
    static final CurrentLog FIRST = new CurrentLog(1, 0);

    /** What the names of log directories begin with. */
    static final String DIRECTORY = "log-";

    private static final String FILE = "CURRENT";
    private static final String GENERATION = "log";
    private static final String FIRST_SEGMENT = "first";

    static Path file(Path root) {
        return root.resolve(FILE);
    }

    static CurrentLog read(Path root) throws IOException {
        Path file = file(root);
        if (!Files.exists(file)) {
            throw new DamagedStorageException(file + " is missing. " + StorageAdvice.REJOIN);
        }
        Map<String, String> values = new SealedText(file).read();
        return new CurrentLog(
                Integer.parseInt(values.getOrDefault(GENERATION, "")),
                Integer.parseInt(values.getOrDefault(FIRST_SEGMENT, "0")));
    }

    void write(Path root, DiskSync sync) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(GENERATION, Integer.toString(generation));
        values.put(FIRST_SEGMENT, Integer.toString(firstSegment));
        new SealedText(file(root)).write(values, sync);
    }

    /** One that takes the place of this one. */
    CurrentLog next() {
        return new CurrentLog(generation + 1, 0);
    }

    /** The same without what is before {@code segment}. */
    CurrentLog from(int segment) {
        return new CurrentLog(generation, segment);
    }

    Path directory(Path root) {
        return root.resolve(DIRECTORY + generation);
    }

    /** Those that count, in order. */
    List<Segment> segments(Path root) throws IOException {
        return Segment.list(directory(root)).stream()
                .filter(segment -> segment.cycle() >= firstSegment)
                .toList();
    }
}
