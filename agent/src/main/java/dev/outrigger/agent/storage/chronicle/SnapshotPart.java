package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The beginning of a snapshot that another member sends. Nothing in it is forced before it is complete, so after a crash it
 * is good as far as its blocks are; the last one, of which the end is missing, shows at the very end whether it is.
 */
final class SnapshotPart {
    private final Path file;
    private final Snapshot snapshot;
    private long bytes;

    private SnapshotPart(Path file, Snapshot snapshot, long bytes) {
        this.file = file;
        this.snapshot = snapshot;
        this.bytes = bytes;
    }

    static SnapshotPart create(Path directory, Snapshot snapshot) throws IOException {
        Path file = directory.resolve(SnapshotName.of(snapshot).partFile(snapshot.bytes()));
        FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)
                .close();
        return new SnapshotPart(file, snapshot, 0);
    }

    /** What an earlier process left; empty when it is of no use. */
    static Optional<SnapshotPart> resume(Path file, SnapshotName.Part named) throws IOException {
        SnapshotName name = named.name();
        try (SnapshotReader reader = SnapshotReader.openPart(file, named.bytes(), name.checksum())) {
            if (reader.fileBytes() > named.bytes()) {
                return Optional.empty();
            }
            Snapshot snapshot = SnapshotPreface.read(reader, file).snapshot(named.bytes(), name.checksum());
            if (!name.equals(SnapshotName.of(snapshot))) {
                return Optional.empty();
            }
            SnapshotPart part = new SnapshotPart(file, snapshot, reader.fileBytes());
            if (!part.isComplete()) {
                part.dropRotten(reader);
            }
            return Optional.of(part);
        } catch (IOException e) {
            return Optional.empty(); // its head is missing or rotten
        }
    }

    private void dropRotten(SnapshotReader reader) throws IOException {
        try {
            reader.readToEnd();
        } catch (IOException e) {
            bytes = reader.checkedBytes();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(bytes);
            }
        }
    }

    Path file() {
        return file;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** How many bytes are here. */
    long bytes() {
        return bytes;
    }

    boolean isComplete() {
        return bytes == snapshot.bytes();
    }

    /** Appends a piece. When that fails, what is in the file is still a beginning. */
    void append(Payload piece) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(piece.array());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (rest.hasRemaining()) {
                channel.write(rest, bytes + rest.position());
            }
        }
        bytes += piece.length();
    }

    /** Reads all of it; whether it is the snapshot that it was to be. */
    boolean isWhole() {
        try {
            return new SnapshotFile(file, SnapshotName.of(snapshot)).verify().equals(snapshot);
        } catch (IOException e) {
            return false;
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
