package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A finished snapshot on the disk. Every method throws {@link IOException} when what it reads is rotten.
 *
 * @param path where it is
 * @param name what the file's name tells
 */
record SnapshotFile(Path path, SnapshotName name) {
    /** Reads all of it: about a second for a gigabyte that is in the page cache. */
    Snapshot verify() throws IOException {
        try (SnapshotReader reader = SnapshotReader.open(path, name.checksum())) {
            SnapshotPreface preface = SnapshotPreface.read(reader, path);
            reader.readToEnd();
            Snapshot snapshot = preface.snapshot(reader.fileBytes(), name.checksum());
            if (!name.equals(SnapshotName.of(snapshot))) {
                throw new IOException("%s is of index %d, term %d: not what its name says"
                        .formatted(path, snapshot.index(), snapshot.term()));
            }
            return snapshot;
        }
    }

    SnapshotPreface preface() throws IOException {
        try (SnapshotReader reader = SnapshotReader.open(path, name.checksum())) {
            return SnapshotPreface.read(reader, path);
        }
    }

    /** The application's part. */
    InputStream application() throws IOException {
        SnapshotReader reader = SnapshotReader.open(path, name.checksum());
        try {
            SnapshotPreface.read(reader, path);
            return reader;
        } catch (Throwable e) {
            reader.close();
            throw e;
        }
    }

    /**
     * A piece of the file, which has {@code fileBytes}, out of blocks that were checked.
     *
     * @param offset from 0 to the file's size
     */
    Payload piece(long fileBytes, long offset, int bytesMax) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(bytesMax, fileBytes - offset));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() != fileBytes) {
                throw new IOException("%s has %d bytes, not %d".formatted(path, channel.size(), fileBytes));
            }
            StoredBytes bytes = StoredBytes.of(channel);
            SnapshotBlock blocks = new SnapshotBlock();
            ByteBuffer block = ByteBuffer.allocate(SnapshotBlock.BYTES);
            while (piece.hasRemaining()) {
                long next = offset + piece.position();
                long start = next - next % SnapshotBlock.BYTES;
                int length = (int) Math.min(SnapshotBlock.BYTES, fileBytes - start);
                StoredBytes.fill(bytes, block.clear().limit(length), start);
                blocks.check(block, 0, length, path, start);
                int from = (int) (next - start);
                piece.put(block.array(), from, Math.min(length - from, piece.remaining()));
            }
        }
        return Payload.of(piece.array());
    }
}
