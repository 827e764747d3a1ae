package dev.outrigger.agent.cli;

import dev.outrigger.agent.storage.BackupDamage;
import dev.outrigger.agent.storage.BackupDecoder;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.chronicle.SnapshotDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks a backup as it goes by. */
final class BackupFile {
    private static final int BUFFER_BYTES = 256 << 10;

    private final BackupDecoder decoder = new SnapshotDecoder(new BackupDecoder.Sink() {
        @Override
        public void head(SnapshotHead read) {
            head = read;
        }

        @Override
        public void data(byte[] array, int offset, int length) {}
    });
    private @Nullable SnapshotHead head;
    private long bytes;

    /**
     * What is known of a backup that is whole.
     *
     * @param bytes its size
     */
    record Summary(SnapshotHead head, long bytes) {}

    /** Reads a file from start to end. Throws {@link BackupDamage} when it is no backup. */
    static Summary check(Path file) throws IOException {
        BackupFile check = new BackupFile();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel in = FileChannel.open(file)) {
            while (in.read(buffer) >= 0) {
                check.push(buffer.flip());
                buffer.clear();
            }
        }
        return check.end();
    }

    void push(ByteBuffer more) {
        bytes += more.remaining();
        decoder.push(more);
    }

    Summary end() {
        decoder.end();
        SnapshotHead read = head;
        if (read == null) {
            throw new BackupDamage("it has no head");
        }
        return new Summary(read, bytes);
    }
}
