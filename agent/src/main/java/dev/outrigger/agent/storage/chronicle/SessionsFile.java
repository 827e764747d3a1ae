package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The clients' sessions of some index, whatever their form: a mark in eight bytes, CRC32C over what follows in four, little
 * endian, and the sessions. Replaced as a whole.
 */
final class SessionsFile {
    static final String NAME = "sessions";

    private static final long MARK = 0x3153_5345_534f_5241L;
    private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    private SessionsFile() {}

    static void write(Path file, Payload sessions, DiskSync sync) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + sessions.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(MARK)
                .putInt(crcOf(sessions.array()))
                .put(sessions.array())
                .flip();
        SealedText.replace(file, content, sync);
    }

    /** @throws IOException when it cannot be read, or is not what was written */
    static Optional<Payload> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] content = Files.readAllBytes(file);
        if (content.length < HEADER_BYTES) {
            throw new IOException(file + " is cut off");
        }
        ByteBuffer header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        byte[] sessions = Arrays.copyOfRange(content, HEADER_BYTES, content.length);
        if (header.getLong() != MARK || header.getInt() != crcOf(sessions)) {
            throw new IOException(file + " is damaged: its checksum does not match its content");
        }
        return Optional.of(Payload.of(sessions));
    }

    private static int crcOf(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
