package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a snapshot's data begins with: the length of a sealed text in four bytes, little endian, the text, which is our head
 * and says of which version the file is, and the clients' sessions, whose length stands in the text.
 *
 * @param head what it says
 * @param bytes how many bytes of data it takes
 */
record SnapshotPreface(SnapshotHead head, int bytes) {
    private static final String VERSION = "1";
    static final int TEXT_BYTES_MAX = 512 << 10;
    private static final int SESSIONS_BYTES_MAX = 1 << 30;
    private static final String SESSIONS_BYTES = "sessionsBytes";

    static byte[] encode(SnapshotHead head) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("version", VERSION);
        values.put("index", Long.toString(head.index()));
        values.put("term", Long.toString(head.term()));
        values.put("timeMillis", Long.toString(head.timeMillis()));
        values.put("configuration", hex(head.configuration().encode().array()));
        values.put("clusterId", head.clusterId());
        values.put("clusterName", head.clusterName());
        values.put("format", hex(head.format().getBytes(StandardCharsets.UTF_8)));
        byte[] sessions = head.sessions().array();
        values.put(SESSIONS_BYTES, Integer.toString(sessions.length));
        byte[] text = SealedText.seal(values);
        if (text.length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("head of a snapshot has " + text.length + " bytes");
        }
        return ByteBuffer.allocate(Integer.BYTES + text.length + sessions.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .put(text)
                .put(sessions)
                .array();
    }

    /** @throws IOException when there is none, or one of another version */
    static SnapshotPreface read(InputStream data, Path file) throws IOException {
        int length = textBytes(data.readNBytes(Integer.BYTES));
        if (length <= 0 || length > TEXT_BYTES_MAX) {
            throw new IOException(file + " does not begin like a snapshot");
        }
        try {
            Map<String, String> values = new SealedText(file).unseal(data.readNBytes(length));
            String version = values.getOrDefault("version", "");
            if (!version.equals(VERSION)) {
                throw new IOException(file + " is of version '" + version + "', this agent knows only " + VERSION);
            }
            int sessionsBytes = sessionsBytes(values);
            byte[] sessions = data.readNBytes(sessionsBytes);
            if (sessions.length < sessionsBytes) {
                throw new IOException(file + " ends within the sessions of its head");
            }
            return new SnapshotPreface(head(values, Payload.of(sessions)), Integer.BYTES + length + sessionsBytes);
        } catch (StorageException | IllegalArgumentException e) {
            throw new IOException(file + ": its head cannot be read", e);
        }
    }

    /**
     * How many bytes of {@code begun}, with which data begins, must be there to know more: when there are so many, it can be
     * read, or is refused.
     */
    static int bytesNeeded(byte[] begun, Path file) {
        int length = textBytes(begun);
        if (begun.length < Integer.BYTES || length <= 0 || length > TEXT_BYTES_MAX) {
            return Integer.BYTES;
        }
        int textEnd = Integer.BYTES + length;
        if (begun.length < textEnd) {
            return textEnd;
        }
        try {
            return textEnd
                    + sessionsBytes(new SealedText(file).unseal(Arrays.copyOfRange(begun, Integer.BYTES, textEnd)));
        } catch (StorageException | IllegalArgumentException refusedWhenRead) {
            return textEnd;
        }
    }

    private static int textBytes(byte[] prefix) {
        return prefix.length < Integer.BYTES
                ? 0
                : ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static int sessionsBytes(Map<String, String> values) {
        int bytes = Integer.parseInt(text(values, SESSIONS_BYTES));
        if (bytes < 0 || bytes > SESSIONS_BYTES_MAX) {
            throw new IllegalArgumentException(bytes + " bytes of sessions");
        }
        return bytes;
    }

    private static SnapshotHead head(Map<String, String> values, Payload sessions) {
        return new SnapshotHead(
                number(values, "index"),
                number(values, "term"),
                number(values, "timeMillis"),
                Configuration.decode(Payload.of(bytes(values, "configuration"))),
                text(values, "clusterId"),
                text(values, "clusterName"),
                new String(bytes(values, "format"), StandardCharsets.UTF_8),
                sessions);
    }

    /** Whatever it is, it is a word then. */
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(Map<String, String> values, String name) {
        return HexFormat.of().parseHex(text(values, name));
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(text(values, name));
    }

    private static String text(Map<String, String> values, String name) {
        return values.getOrDefault(name, "");
    }

    /** The snapshot with this preface whose file has this size and checksum. */
    Snapshot snapshot(long fileBytes, long checksum) {
        return new Snapshot(head.index(), head.term(), head.timeMillis(), head.configuration(), fileBytes, checksum);
    }
}
