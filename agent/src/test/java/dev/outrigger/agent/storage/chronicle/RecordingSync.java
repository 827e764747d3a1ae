package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Remembers the names of what was forced, in order. */
final class RecordingSync implements DiskSync {
    final List<String> forced = new ArrayList<>();

    @Override
    public void force(Path file, FileChannel channel, boolean metadata) throws IOException {
        channel.force(metadata);
        forced.add(file.getFileName().toString());
    }
}
