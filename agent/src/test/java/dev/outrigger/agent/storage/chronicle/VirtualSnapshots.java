package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.disk.DiskFault;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots in files of their own: length of the head, the head, a sealed text that says what it is, and the bytes. A file
 * whose head or bytes are not what they were does not count, and stays until there is something better. One more file, the
 * part, gathers what a leader sends.
 */
final class VirtualSnapshots {
    private static final String DIRECTORY = "snapshots";
    private static final String PART = DIRECTORY + "/part";

    private final VirtualDisk disk;
    private final VirtualFiles files;
    private final TreeMap<String, Snapshot> whole = new TreeMap<>();
    private @Nullable Snapshot part;
    private long partBytes;

    VirtualSnapshots(VirtualDisk disk) {
        this.disk = disk;
        this.files = new VirtualFiles(disk);
    }

    /** Looks at what is there. */
    void open() throws DiskFault {
        if (!disk.exists(DIRECTORY)) {
            disk.createDirectory(DIRECTORY);
            disk.syncDirectory("");
        }
        disk.syncDirectory(DIRECTORY); // an earlier process may have died between a rename and its force
        for (String file : disk.list(DIRECTORY)) {
            if (file.equals(PART)) {
                openPart();
            } else if (file.endsWith(".tmp")) {
                disk.delete(file);
            } else {
                readWhole(file).ifPresent(content -> whole.put(file, content.snapshot()));
            }
        }
    }

    private void openPart() throws DiskFault {
        Optional<Content> content = readContent(PART);
        if (content.isPresent()
                && content.get().size() <= content.get().snapshot().bytes()) {
            part = content.get().snapshot();
            partBytes = content.get().size();
            if (partBytes == content.get().snapshot().bytes()) {
                finishPart(content.get().snapshot()); // the process ended before it could
            }
        } else {
            disk.delete(PART);
        }
    }

    /** Every whole snapshot, by rising index. */
    List<Snapshot> list() {
        return List.copyOf(whole.values());
    }

    void save(Snapshot snapshot, byte[] bytes) throws DiskFault {
        if (bytes.length != snapshot.bytes() || checksum(bytes) != snapshot.checksum()) {
            throw new IllegalArgumentException("these are not the bytes of " + snapshot);
        }
        String file = fileOf(snapshot);
        files.replace(file, head(snapshot), bytes);
        whole.put(file, snapshot);
    }

    /** Empty when it is not there, or no longer whole. */
    Optional<byte[]> read(Snapshot snapshot, long offset, int bytesMax) {
        String file = fileOf(snapshot);
        if (!snapshot.equals(whole.get(file))) {
            return Optional.empty();
        }
        Optional<Content> content = readWhole(file);
        if (content.isEmpty()) {
            whole.remove(file);
            return Optional.empty();
        }
        int from = content.get().start() + Math.toIntExact(Math.min(offset, snapshot.bytes()));
        int to = (int) Math.min(from + (long) bytesMax, content.get().file().length);
        return Optional.of(Arrays.copyOfRange(content.get().file(), from, to));
    }

    /** As {@link dev.outrigger.agent.core.message.ChunkWrite} says. */
    long putChunk(Snapshot snapshot, long offset, byte[] bytes) throws DiskFault {
        if (snapshot.equals(whole.get(fileOf(snapshot)))) {
            return snapshot.bytes();
        }
        if (!snapshot.equals(part)) {
            if (offset != 0) {
                return 0;
            }
            beginPart(snapshot);
        }
        if (offset != partBytes || bytes.length > snapshot.bytes() - partBytes) {
            return partBytes;
        }
        disk.append(PART, bytes);
        partBytes += bytes.length;
        return partBytes == snapshot.bytes() ? finishPart(snapshot) : partBytes;
    }

    private void beginPart(Snapshot snapshot) {
        dropPart();
        disk.create(PART);
        disk.append(PART, head(snapshot));
        part = snapshot;
        partBytes = 0;
    }

    private long finishPart(Snapshot snapshot) throws DiskFault {
        if (readWhole(PART).isEmpty()) {
            dropPart();
            return 0;
        }
        String file = fileOf(snapshot);
        disk.sync(PART);
        disk.rename(PART, file);
        disk.syncDirectory(DIRECTORY);
        whole.put(file, snapshot);
        part = null;
        partBytes = 0;
        return snapshot.bytes();
    }

    private void dropPart() {
        if (disk.exists(PART)) {
            disk.delete(PART);
        }
        part = null;
        partBytes = 0;
    }

    /** Deletes every other snapshot that goes no further than {@code inForce}, whole or not. */
    void dropOlderThan(Snapshot inForce) {
        String file = fileOf(inForce);
        for (String other : disk.list(DIRECTORY)) {
            if (!other.equals(PART) && other.compareTo(file) < 0) {
                disk.delete(other);
                whole.remove(other);
            }
        }
    }

    /**
     * @param file all bytes of the file
     * @param start where those of the snapshot begin
     */
    private record Content(Snapshot snapshot, byte[] file, int start) {
        int size() {
            return file.length - start;
        }
    }

    private Optional<Content> readWhole(String file) {
        return readContent(file).filter(VirtualSnapshots::isWhole);
    }

    private static boolean isWhole(Content content) {
        CRC32C crc = new CRC32C();
        crc.update(content.file(), content.start(), content.size());
        return content.size() == content.snapshot().bytes()
                && crc.getValue() == content.snapshot().checksum();
    }

    private Optional<Content> readContent(String file) {
        try {
            byte[] bytes = disk.read(file);
            int length =
                    bytes.length < Integer.BYTES ? 0 : ByteBuffer.wrap(bytes).getInt(0);
            if (length <= 0 || length > bytes.length - Integer.BYTES) {
                return Optional.empty();
            }
            int start = Integer.BYTES + length;
            Map<String, String> head =
                    new SealedText(Path.of(file)).unseal(Arrays.copyOfRange(bytes, Integer.BYTES, start));
            return Optional.of(new Content(snapshot(head), bytes, start));
        } catch (DiskFault | StorageException e) {
            return Optional.empty(); // rotten, or it cannot be read: either way it is not there
        }
    }

    private static byte[] head(Snapshot snapshot) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("index", Long.toString(snapshot.index()));
        values.put("term", Long.toString(snapshot.term()));
        values.put("timeMillis", Long.toString(snapshot.timeMillis()));
        values.put(
                "configuration",
                HexFormat.of().formatHex(snapshot.configuration().encode().array()));
        values.put("bytes", Long.toString(snapshot.bytes()));
        values.put("checksum", Long.toString(snapshot.checksum()));
        byte[] text = SealedText.seal(values);
        return ByteBuffer.allocate(Integer.BYTES + text.length)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private static Snapshot snapshot(Map<String, String> head) {
        return new Snapshot(
                number(head, "index"),
                number(head, "term"),
                number(head, "timeMillis"),
                Configuration.decode(Payload.of(HexFormat.of().parseHex(head.getOrDefault("configuration", "")))),
                number(head, "bytes"),
                number(head, "checksum"));
    }

    private static long number(Map<String, String> head, String name) {
        return Long.parseLong(head.getOrDefault(name, ""));
    }

    /** Their order is that of their indexes. */
    private static String fileOf(Snapshot snapshot) {
        return DIRECTORY + "/%016x-%016x-%08x".formatted(snapshot.index(), snapshot.term(), snapshot.checksum());
    }

    static long checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }
}
