package dev.outrigger.agent.storage.chronicle;

import static java.util.Objects.requireNonNull;

import dev.outrigger.agent.storage.PutAside;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where damaged content of a data directory is kept: {@code damaged-1} and so on, each with the reason in it. */
record DamagedDirectories(Path root) {
    private static final String PREFIX = "damaged-";
    private static final String REASON_FILE = "reason";
    private static final String REASON = "reason";
    private static final String SINCE = "since";

    /** Whether this entry of the data directory is one of them. */
    static boolean isOne(Path entry) {
        return number(entry) > 0;
    }

    /** All of them, oldest first. */
    List<Path> all() throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root, PREFIX + "*")) {
            for (Path entry : found) {
                if (isOne(entry)) {
                    all.add(entry);
                }
            }
        }
        all.sort(Comparator.comparingInt(DamagedDirectories::number));
        return all;
    }

    /** Name for one more, never that of one that is there. */
    String next() throws IOException {
        List<Path> all = all();
        return PREFIX + (all.isEmpty() ? 1 : number(all.get(all.size() - 1)) + 1);
    }

    /** Notes in the directory of this name why it is there. */
    void explain(String name, String reason, String since, DiskSync sync) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(REASON, reason);
        values.put(SINCE, since);
        new SealedText(root.resolve(name).resolve(REASON_FILE)).write(values, sync);
    }

    List<PutAside> explained() throws IOException {
        List<PutAside> explained = new ArrayList<>();
        for (Path directory : all()) {
            explained.add(explained(directory));
        }
        return explained;
    }

    private static PutAside explained(Path directory) throws IOException {
        try {
            Map<String, String> values = new SealedText(directory.resolve(REASON_FILE)).read();
            return new PutAside(
                    directory.toString(),
                    values.getOrDefault(REASON, ""),
                    Instant.parse(values.getOrDefault(SINCE, "")));
        } catch (IOException | StorageException | DateTimeException e) {
            return new PutAside(
                    directory.toString(),
                    "not known, " + directory.resolve(REASON_FILE) + " cannot be read",
                    Files.getLastModifiedTime(directory).toInstant());
        }
    }

    /** Deletes one with all that is in it. */
    static void delete(Path directory, DiskSync sync) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        sync.forceDirectory(requireNonNull(directory.getParent()));
    }

    /** 0 when it is none. */
    private static int number(Path entry) {
        String name = entry.getFileName().toString();
        String digits = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
        return digits.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(digits) : 0;
    }
}
