package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Our own hold on a segment that the queue writes to through its mapping, for the one thing the queue does not do. */
record SegmentFile(Path file, FileChannel channel) implements AutoCloseable {
    static SegmentFile open(Path file) throws IOException {
        return new SegmentFile(file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    void force(DiskSync sync) throws IOException {
        sync.force(file, channel, false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
