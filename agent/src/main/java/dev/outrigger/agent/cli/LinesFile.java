package dev.outrigger.agent.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Lines that go to the console as they come, or to a file that is there whole and durable, or not at all. */
final class LinesFile implements AutoCloseable {
    private final OutputStream out;
    private final @Nullable Target target;

    private record Target(Path file, Path draft, FileChannel channel) {}

    private LinesFile(OutputStream out, @Nullable Target target) {
        this.out = out;
        this.target = target;
    }

    static LinesFile of(PrintStream console) {
        return new LinesFile(console, null);
    }

    /** @param force whether a file that is there may be replaced */
    static LinesFile create(Path file, boolean force) throws IOException {
        if (!force && Files.exists(file)) {
            throw new ApiException(ExitCode.FAILED, file + " is there already; --force replaces it");
        }
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
        FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        return new LinesFile(
                new BufferedOutputStream(Channels.newOutputStream(channel), 64 << 10),
                new Target(file, draft, channel));
    }

    void line(String text) {
        try {
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All lines are written; without this a file is not left behind. */
    void finish() throws IOException {
        out.flush();
        if (target != null) {
            target.channel().force(true);
            Files.move(target.draft(), target.file(), StandardCopyOption.ATOMIC_MOVE);
            Path directory = target.file().toAbsolutePath().getParent();
            if (directory != null) {
                try (FileChannel open = FileChannel.open(directory)) {
                    open.force(true);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (target != null) {
            target.channel().close();
            Files.deleteIfExists(target.draft());
        }
    }
}
