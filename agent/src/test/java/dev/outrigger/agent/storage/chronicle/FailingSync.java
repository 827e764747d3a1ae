package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A disk that fails when told to, and counts. */
final class FailingSync implements DiskSync {
    boolean fail;
    int forces;
    int forcesAfterFailure;
    private boolean failed;

    @Override
    public void force(Path file, FileChannel channel, boolean metadata) throws IOException {
        forces++;
        forcesAfterFailure += failed ? 1 : 0;
        if (fail) {
            failed = true;
            throw new IOException("Input/output error");
        }
        channel.force(metadata);
    }
}
