package dev.outrigger.agent.storage.chronicle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is of no use but for its space: on a full disk it makes way for a small file that has to be replaced, above
 * all the one that says which segments are dropped, since that is what makes room again. Any thread.
 */
final class SpareSpace {
    static final int BYTES = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(SpareSpace.class);

    private final Path file;

    SpareSpace(Path file) {
        this.file = file;
    }

    /** Takes the space if it is not there; if the disk has it. */
    synchronized void take() {
        try {
            if (!Files.exists(file) || Files.size(file) < BYTES) {
                Zeros.overwrite(file, BYTES);
            }
        } catch (IOException e) {
            LOG.debug("{} has to wait for space", file, e);
        }
    }

    synchronized void giveUp() throws IOException {
        Files.deleteIfExists(file);
    }
}
