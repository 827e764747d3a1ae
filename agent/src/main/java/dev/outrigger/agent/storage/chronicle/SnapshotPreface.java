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
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a snapshot's data begins with: the length of a sealed text in four bytes, little endian, and the text, which is our
 * head and says of which version the file is.
 *
 * @param head what it says
 * @param bytes how many bytes of data it takes
 */
record SnapshotPreface(SnapshotHead head, int bytes) {
    private static final String VERSION = "1";
    private static final int TEXT_BYTES_MAX = 512 << 10;

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
        byte[] text = SealedText.seal(values);
        if (text.length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("head of a snapshot has " + text.length + " bytes");
        }
        return ByteBuffer.allocate(Integer.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .put(text)
                .array();
    }

    /** @throws IOException when there is none, or one of another version */
    static SnapshotPreface read(InputStream data, Path file) throws IOException {
        ByteBuffer prefix = ByteBuffer.wrap(data.readNBytes(Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        int length = prefix.remaining() < Integer.BYTES ? 0 : prefix.getInt(0);
        if (length <= 0 || length > TEXT_BYTES_MAX) {
            throw new IOException(file + " does not begin like a snapshot");
        }
        try {
            Map<String, String> values = new SealedText(file).unseal(data.readNBytes(length));
            String version = values.getOrDefault("version", "");
            if (!version.equals(VERSION)) {
                throw new IOException(file + " is of version '" + version + "', this agent knows only " + VERSION);
            }
            return new SnapshotPreface(head(values), Integer.BYTES + length);
        } catch (StorageException | IllegalArgumentException e) {
            throw new IOException(file + ": its head cannot be read", e);
        }
    }

    private static SnapshotHead head(Map<String, String> values) {
        return new SnapshotHead(
                number(values, "index"),
                number(values, "term"),
                number(values, "timeMillis"),
                Configuration.decode(Payload.of(bytes(values, "configuration"))),
                text(values, "clusterId"),
                text(values, "clusterName"),
                new String(bytes(values, "format"), StandardCharsets.UTF_8));
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
