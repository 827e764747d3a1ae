package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file system of its own that is soon full. There is one only where the tests may mount. */
final class SmallDisk implements AutoCloseable {
    enum Kind {
        TMPFS,
        EXT4
    }

    private final Path mount;

    private SmallDisk(Path mount) {
        this.mount = mount;
    }

    /** Empty when it is not allowed here. */
    static Optional<SmallDisk> mount(Path work, Kind kind, int bytes) throws IOException {
        Path mount = Files.createDirectory(work.resolve("disk"));
        return (kind == Kind.TMPFS ? mountTmpfs(mount, bytes) : mountExt4(work.resolve("image"), mount, bytes))
                ? Optional.of(new SmallDisk(mount))
                : Optional.empty();
    }

    private static boolean mountTmpfs(Path mount, int bytes) {
        return run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "none", mount.toString());
    }

    private static boolean mountExt4(Path image, Path mount, int bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString())
                && run("mount", "-o", "loop", image.toString(), mount.toString());
    }

    Path directory() {
        return mount.resolve("data");
    }

    /** Leaves not a byte. */
    void fill() throws IOException {
        try (OutputStream filler = Files.newOutputStream(mount.resolve("filler"))) {
            for (int piece = 64 << 10; piece > 0; piece /= 2) {
                writeUntilFull(filler, new byte[piece]);
            }
        }
    }

    private static void writeUntilFull(OutputStream filler, byte[] piece) {
        try {
            while (true) {
                filler.write(piece);
            }
        } catch (IOException e) {
            // that is what it is for
        }
    }

    void free() throws IOException {
        Files.delete(mount.resolve("filler"));
    }

    private static boolean run(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean done = process.waitFor() == 0;
            if (!done) {
                System.out.println(words + ": " + said.strip());
            }
            return done;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        run("umount", mount.toString());
    }
}
