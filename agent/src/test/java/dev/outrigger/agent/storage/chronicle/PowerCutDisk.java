package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A disk of its own, an image with ext4 in it, that can be looked at as it is at one moment in the middle of its work: only
 * what the file system has sent to it by then is there, as after a loss of power. The image lies in a second file system,
 * the rack, that can be frozen; the disk stands still then, with whatever is on its way to it. Takes a Linux that lets us
 * mount loop devices.
 */
final class PowerCutDisk implements AutoCloseable {
    private static final long RACK_BYTES = 320L << 20;
    private static final long DISK_BYTES = 96L << 20;
    private static final long WITHIN_SECONDS = 60;

    private final Path rackImage;
    private final Path rack;
    private final Path image;
    private final Path disk;
    private final Path copyDirectory;

    private PowerCutDisk(Path work) {
        this.rackImage = work.resolve("rack.img");
        this.rack = work.resolve("rack");
        this.image = rack.resolve("disk.img");
        this.disk = work.resolve("disk");
        this.copyDirectory = work.resolve("copy");
    }

    /** @throws IOException when loop devices cannot be mounted here, with the reason */
    static PowerCutDisk create(Path work) throws IOException {
        PowerCutDisk created = new PowerCutDisk(work);
        try {
            created.build();
            return created;
        } catch (Throwable e) {
            created.close();
            throw e;
        }
    }

    private void build() throws IOException {
        Files.createDirectories(rack);
        Files.createDirectories(disk);
        format(rackImage, RACK_BYTES, "^has_journal");
        mount(rackImage, rack);
        format(image, DISK_BYTES, "has_journal");
        mount(image, disk);
    }

    private static void format(Path image, long bytes, String feature) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", feature, "-E", "lazy_itable_init=0,nodiscard", image.toString());
    }

    /** Where the files on the disk are. */
    Path directory() {
        return disk;
    }

    /** What is asked while the disk stands still. */
    interface Look<T> {
        T now();
    }

    /**
     * Copies the disk as it is at one moment.
     *
     * @param look called when nothing reaches the disk any more, before the first byte is copied
     */
    <T> T copyTo(Path copy, Look<T> look) throws IOException {
        run("fsfreeze", "--freeze", rack.toString());
        try {
            T seen = look.now();
            run("cp", "--sparse=auto", image.toString(), copy.toString());
            return seen;
        } finally {
            run("fsfreeze", "--unfreeze", rack.toString());
        }
    }

    /** Mounts a copy. */
    void mount(Path copy) throws IOException {
        Files.createDirectories(copyDirectory);
        mount(copy, copyDirectory);
    }

    /** Where the files on a mounted copy are. */
    Path copyDirectory() {
        return copyDirectory;
    }

    /** What maps a file there may do so for a little longer. */
    void unmountCopy() throws IOException {
        run("umount", "--lazy", copyDirectory.toString());
    }

    private static void mount(Path image, Path directory) throws IOException {
        run("mount", "-t", "ext4", "-o", "loop,noatime", image.toString(), directory.toString());
    }

    /** Whatever state it is in: also in the middle of things, when the process is told to end. */
    @Override
    public void close() {
        tryTo("fsfreeze", "--unfreeze", rack.toString());
        for (Path directory : List.of(copyDirectory, disk, rack)) {
            tryTo("umount", "--lazy", directory.toString());
        }
        try {
            Files.deleteIfExists(rackImage);
        } catch (IOException e) {
            System.err.println(rackImage + " is left behind: " + e);
        }
    }

    private static void tryTo(String... command) {
        try {
            run(command);
        } catch (IOException e) {
            // it was not frozen or not mounted
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", command) + " was interrupted", e);
        }
    }
}
