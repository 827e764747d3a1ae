package dev.outrigger.agent.storage.chronicle;

import static java.util.Objects.requireNonNull;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A small text file of {@code name=value} lines that is replaced as a whole, under a checksum in its last line. A crash
 * leaves the old content or the new one.
 */
record SealedText(Path file) {
    private static final String SEAL = "crc32c=";

    void write(Map<String, String> values, DiskSync sync) throws IOException {
        replace(file, ByteBuffer.wrap(seal(values)), sync);
    }

    Map<String, String> read() throws IOException {
        return unseal(Files.readAllBytes(file));
    }

    static byte[] seal(Map<String, String> values) {
        StringBuilder lines = new StringBuilder();
        values.forEach((name, value) -> lines.append(line(name, value)));
        String text = lines + SEAL + crcOf(lines.toString()) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @throws DamagedStorageException when this is not what was sealed */
    Map<String, String> unseal(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        int seal = text.lastIndexOf(SEAL);
        if (seal < 0 || !text.substring(seal).equals(SEAL + crcOf(text.substring(0, seal)) + "\n")) {
            throw new DamagedStorageException(
                    file + " is damaged: its checksum does not match its content. " + StorageAdvice.REJOIN);
        }
        Map<String, String> values = new LinkedHashMap<>();
        text.substring(0, seal).lines().forEach(line -> {
            int equals = line.indexOf('=');
            values.put(line.substring(0, equals), line.substring(equals + 1));
        });
        return values;
    }

    /** Puts a new file in the place of {@code file}: temporary file, force, rename, force of the directory. */
    static void replace(Path file, ByteBuffer content, DiskSync sync) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            sync.force(temporary, channel, false);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync.forceDirectory(requireNonNull(file.getParent()));
    }

    private static String line(String name, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(name + " must be one line of plain text: '" + value + "'");
        }
        return name + "=" + value + "\n";
    }

    private static String crcOf(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
