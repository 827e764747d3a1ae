package dev.outrigger.sdk.durable;

import dev.outrigger.sdk.Position;
import dev.outrigger.sdk.StateWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * One file with a position and the state that stands there: magic (8 bytes), index (8), term (8), cluster (modified UTF-8
 * after its length, empty for none), format (the same), the state, CRC32C of all that (8). Numbers are big-endian. A new
 * one takes the old one's place in one step, and only once it is on the disk.
 */
final class StateFile {
    private static final long MAGIC = 0x4f55_5452_5354_3031L; // OUTRST01
    private static final int CRC_BYTES = 8;
    private static final int BUFFER_BYTES = 64 << 10;

    private final Path file;
    private final Path temporary;

    /**
     * @param format what the state is written in
     * @param state its bytes
     */
    record Content(Position position, String format, byte[] state) {}

    StateFile(Path file) {
        this.file = file.toAbsolutePath();
        this.temporary = this.file.resolveSibling(this.file.getFileName() + ".new");
    }

    void write(Position position, String format, StateWriter state) throws IOException {
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            CRC32C crc = new CRC32C();
            DataOutputStream out = new DataOutputStream(new CheckedOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES), crc));
            out.writeLong(MAGIC);
            out.writeLong(position.index());
            out.writeLong(position.term());
            out.writeUTF(position.cluster().orElse(""));
            out.writeUTF(format);
            state.writeTo(new Unclosed(out));
            out.writeLong(crc.getValue());
            out.flush();
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
    }

    /** Without it a loss of power may bring the old file back; that would be whole too, so where it fails nothing is lost. */
    private void forceDirectory() throws IOException {
        Path directory = file.getParent();
        if (directory != null
                && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /**
     * Empty when there is none.
     *
     * @throws IOException when it cannot be read, or is not what was written
     */
    Optional<Content> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length - CRC_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, Math.max(0, end));
        if (end < Long.BYTES
                || new DataInputStream(new ByteArrayInputStream(bytes, end, CRC_BYTES)).readLong() != crc.getValue()) {
            throw new IOException(file + " is damaged: its checksum is not that of its " + bytes.length + " bytes");
        }
        ByteArrayInputStream body = new ByteArrayInputStream(bytes, 0, end);
        DataInputStream in = new DataInputStream(body);
        if (in.readLong() != MAGIC) {
            throw new IOException(file + " is not a state file of this version");
        }
        long index = in.readLong();
        long term = in.readLong();
        String cluster = in.readUTF();
        Position position = new Position(Optional.of(cluster).filter(name -> !name.isEmpty()), index, term);
        String format = in.readUTF();
        return Optional.of(new Content(position, format, Arrays.copyOfRange(bytes, end - body.available(), end)));
    }

    /** The writer of a state may close what it writes to; the checksum is still to come. */
    private static final class Unclosed extends FilterOutputStream {
        private Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
