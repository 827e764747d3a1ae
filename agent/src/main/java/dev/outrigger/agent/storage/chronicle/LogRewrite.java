package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes what a log holds into a fresh directory and puts that in its place. The queue cannot cut its tail, and appends
 * behind a torn one would never be read. Costs a copy of the log, but only after a torn tail. A crash on the way leaves
 * the old log in force.
 */
final class LogRewrite {
    private static final int BATCH_BYTES = 1 << 20;

    private final OpenLog target;
    private final List<Entry> batch = new ArrayList<>();
    private long batchBytes;

    private LogRewrite(OpenLog target) {
        this.target = target;
    }

    /** Gives what is in force afterwards; all of it is on the disk. */
    static LogScan run(LogScan scan, DataDirectory directory, LogSettings settings) throws IOException {
        LogScan nothing = LogScan.emptyAfter(scan.replay());
        Path next = directory.createNextLog();
        try (OpenLog target = OpenLog.behind(nothing, 0, next, settings)) {
            LogRewrite rewrite = new LogRewrite(target);
            scan.forEachLiveEntry(settings.codec(), rewrite::add);
            rewrite.flush();
        }
        LogScan written = LogScan.of(next, settings.codec());
        mustBeTheSame(scan, written, next);
        directory.switchToNextLog();
        return written;
    }

    private static void mustBeTheSame(LogScan before, LogScan written, Path log) {
        LogOutline kept = before.replay().outline();
        LogOutline read = written.replay().outline();
        if (written.stop().isPresent() || !read.equals(kept)) {
            throw new StorageException(
                    "log %s was just written anew and does not read back the same: it should hold %s and holds %s."
                                    .formatted(log, kept, read)
                            + " Check the disk and the file system; this agent stops here.");
        }
    }

    private void add(Entry entry) throws IOException {
        batch.add(entry);
        batchBytes += entry.sizeBytes();
        if (batchBytes >= BATCH_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        target.append(Optional.empty(), batch);
        batch.clear();
        batchBytes = 0;
    }
}
