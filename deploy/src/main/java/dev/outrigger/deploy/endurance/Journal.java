package dev.outrigger.deploy.endurance;

import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.StateWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A file of every command applied, one line each: index, term, body. The last whole line is the position, so state and
 * position are one and the same write; what follows the last line break is dropped when the file is opened. The same
 * commands give the same bytes everywhere, and a snapshot is the file itself. Not thread-safe.
 */
final class Journal implements Closeable {
    private static final int FORCED_EVERY_LINES = 1000;
    private static final int BUFFER_BYTES = 64 << 10;

    private final Path file;
    private FileChannel channel;
    private long lines;
    private Position position;

    private Journal(Path file, Summary summary) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(summary.wholeBytes());
        channel.position(summary.wholeBytes());
        this.lines = summary.lines();
        this.position = summary.position();
    }

    /** Goes on where the file ends, or begins one. */
    static Journal open(Path file) throws IOException {
        return new Journal(file, Summary.of(file));
    }

    /** Forgets what the file holds. */
    static Journal begin(Path file) throws IOException {
        Files.deleteIfExists(file);
        return open(file);
    }

    /** Where the last whole line stands. */
    Position position() {
        return position;
    }

    long lines() {
        return lines;
    }

    /** Writes one more line; answers its number, from 1. */
    long append(long index, long term, byte[] body) throws IOException {
        ByteBuffer line =
                ByteBuffer.wrap((index + " " + term + " " + text(body) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        position = new Position(Optional.empty(), index, term);
        if (++lines % FORCED_EVERY_LINES == 0) {
            channel.force(false);
        }
        return lines;
    }

    /** Printable ASCII without spaces as it is, anything else in hexadecimal: a line is a line. */
    private static String text(byte[] body) {
        for (byte b : body) {
            if (b <= ' ' || b > '~') {
                return "hex:" + HexFormat.of().formatHex(body);
            }
        }
        return new String(body, StandardCharsets.US_ASCII);
    }

    /** The lines that there are now; more may be appended while they are written out. */
    StateWriter snapshot() throws IOException {
        long bytes = channel.position();
        return out -> copy(bytes, out);
    }

    private void copy(long bytes, OutputStream out) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long left = bytes; left > 0; ) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new IOException(file + " was cut while it was read");
                }
                out.write(buffer, 0, count);
                left -= count;
            }
        }
    }

    /** Becomes what {@code lines} holds, all of it or nothing. */
    void replace(InputStream lines) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".restoring");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(draft), BUFFER_BYTES)) {
            lines.transferTo(out);
        }
        try (FileChannel written = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Summary summary = Summary.of(draft);
        if (summary.wholeBytes() != Files.size(draft)) {
            throw new IOException("the snapshot ends within a line");
        }
        channel.close();
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.position(summary.wholeBytes());
        this.lines = summary.lines();
        this.position = summary.position();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * @param wholeBytes up to and with the last line break
     * @param position in the last whole line
     */
    private record Summary(long wholeBytes, long lines, Position position) {
        static Summary of(Path file) throws IOException {
            if (!Files.exists(file)) {
                return new Summary(0, 0, Position.NONE);
            }
            long bytes = 0;
            long lines = 0;
            long lastLine = 0;
            long wholeBytes = 0;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
                for (int next = in.read(); next >= 0; next = in.read()) {
                    bytes++;
                    if (next == '\n') {
                        lines++;
                        lastLine = wholeBytes;
                        wholeBytes = bytes;
                    }
                }
            }
            return new Summary(wholeBytes, lines, lines == 0 ? Position.NONE : read(file, lastLine));
        }

        private static Position read(Path file, long start) throws IOException {
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(start);
                String[] fields = in.readLine().split(" ", 3);
                return new Position(Optional.empty(), Long.parseLong(fields[0]), Long.parseLong(fields[1]));
            }
        }
    }
}
