package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A disk that loses its power instead of the n-th force, and what is on it then: of every file what was forced and, page by
 * page, a random choice of what was written since; of every directory the names that were forced and a random choice of
 * what was created, replaced or deleted since. Now and then it is only the process that ends: what was written stays then,
 * and has been forced no more than before.
 */
final class PowerLoss implements DiskSync {
    private static final int PAGE_BYTES = 4096;

    private final Path root;
    private final Path image;
    private final Random random;
    private final Map<Object, byte[]> forcedContents = new HashMap<>();
    private final Map<Path, Map<String, Object>> forcedNames = new HashMap<>();
    private int forcesLeft;
    private boolean ended;

    /** What a force ends in when it is the last one. */
    static final class End extends IOException {
        private static final long serialVersionUID = 1L;

        End(String message) {
            super(message);
        }
    }

    /**
     * @param root the data directory; all that is in it now is taken for forced
     * @param image where the directory is put as the loss of power leaves it
     */
    PowerLoss(Path root, Path image, int forces, Random random) throws IOException {
        this.root = root;
        this.image = image;
        this.random = random;
        this.forcesLeft = forces;
        try (var paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                if (Files.isDirectory(path)) {
                    forcedNames.put(path, names(path));
                } else {
                    forcedContents.put(key(path), Files.readAllBytes(path));
                }
            }
        }
    }

    /** Whether power or process are gone. */
    boolean hasEnded() {
        return ended;
    }

    /** Another process begins. */
    void restart() {
        ended = false;
    }

    @Override
    public void force(Path file, FileChannel channel, boolean metadata) throws IOException {
        if (ended) {
            throw new End("nothing runs any more");
        }
        if (forcesLeft-- == 0) {
            write(root, image);
            ended = true;
            throw new End("the power is gone");
        }
        if (random.nextInt(30) == 0) {
            ended = true;
            throw new End("the process is gone");
        }
        if (metadata) {
            forcedNames.put(file, names(file));
        } else {
            forcedContents.put(key(file), Files.readAllBytes(file));
        }
    }

    private void write(Path directory, Path target) throws IOException {
        Files.createDirectory(target);
        Map<String, Object> forced = forcedNames.getOrDefault(directory, Map.of());
        Map<String, Object> now = names(directory);
        int keptOfTen = new int[] {0, 1, 5, 9, 10}[random.nextInt(5)];
        TreeSet<String> all = new TreeSet<>(forced.keySet());
        all.addAll(now.keySet());
        for (String name : all) {
            Object key = random.nextInt(10) < keptOfTen ? now.get(name) : forced.get(name);
            Path path = directory.resolve(name);
            if (key != null && (Files.isDirectory(path) || forcedNames.containsKey(path))) {
                write(path, target.resolve(name));
            } else if (key != null) {
                boolean isThere = key.equals(now.get(name));
                Files.write(target.resolve(name), mix(key, isThere ? path : null, keptOfTen));
            }
        }
    }

    private byte[] mix(Object key, @Nullable Path written, int keptOfTen) throws IOException {
        byte[] forced = forcedContents.getOrDefault(key, new byte[0]);
        if (written == null) {
            return forced;
        }
        byte[] now = Files.readAllBytes(written);
        byte[] mixed = Arrays.copyOf(forced, random.nextBoolean() ? now.length : forced.length);
        for (int page = 0; page < mixed.length; page += PAGE_BYTES) {
            if (random.nextInt(10) < keptOfTen && page < now.length) {
                System.arraycopy(
                        now, page, mixed, page, Math.min(PAGE_BYTES, Math.min(now.length, mixed.length) - page));
            }
        }
        return mixed;
    }

    private static Map<String, Object> names(Path directory) throws IOException {
        Map<String, Object> names = new TreeMap<>();
        try (var paths = Files.list(directory)) {
            for (Path path : paths.toList()) {
                if (!path.endsWith("LOCK")) {
                    names.put(path.getFileName().toString(), key(path));
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        return names;
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }
}
