package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.StorageException;
import dev.outrigger.agent.storage.chronicle.LogScan.Stop;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a directory as the last process left it to a log in use. A log that is whole is opened. One that breaks off where
 * nothing was durable yet has a torn tail, as loss of power leaves it: it is written anew. One that breaks off earlier has
 * lost what may have been acknowledged: refused.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final DataDirectory directory;
    private final ChronicleStorage.Options options;
    private final RecordCodec codec;
    private final DiskSync sync;

    LogRecovery(DataDirectory directory, ChronicleStorage.Options options, RecordCodec codec, DiskSync sync) {
        this.directory = directory;
        this.options = options;
        this.codec = codec;
        this.sync = sync;
    }

    /**
     * @param durableFloor the hard state knows records up to this number to be durable
     * @throws StorageException when the log must not be used
     */
    OpenLog recover(long durableFloor) throws IOException {
        LogScan scan = LogScan.of(directory.log(), codec);
        mustHoldWhatWasDurable(scan, durableFloor);
        if (scan.stop().isEmpty()) {
            try {
                return OpenLog.behind(scan, directory.log(), options, codec, sync);
            } catch (RuntimeException | AssertionError e) {
                LOG.warn("{} is whole, but the queue cannot use it; writing it anew", directory.log(), e);
                scan = LogScan.of(directory.log(), codec);
            }
        }
        return rewrite(scan);
    }

    private OpenLog rewrite(LogScan scan) throws IOException {
        LogOutline found = scan.replay().outline();
        scan.stop()
                .ifPresent(stop -> LOG.warn(
                        "{}: {}. Nothing from there on was acknowledged; keeping {}",
                        place(stop),
                        stop.reason(),
                        scan.replay().range()));
        LogRewrite.run(scan, directory, options, codec, sync);
        LogScan rewritten = LogScan.of(directory.log(), codec);
        if (rewritten.stop().isPresent() || !rewritten.replay().outline().equals(found)) {
            throw new StorageException("log " + directory.log()
                    + " was just written anew and does not read back the same:"
                    + " written " + found + ", read " + rewritten.replay().outline()
                    + ". Check the disk and the file system; this agent stops here.");
        }
        return OpenLog.behind(rewritten, directory.log(), options, codec, sync);
    }

    private void mustHoldWhatWasDurable(LogScan scan, long durableFloor) throws IOException {
        LogReplay replay = scan.replay();
        long promised = Math.max(scan.promised(), durableFloor);
        if (replay.lastSequence() < promised) {
            String where = scan.stop()
                    .map(stop -> "%s: %s".formatted(place(stop), stop.reason()))
                    .orElse("log %s ends too early; a segment is missing at its end".formatted(directory.log()));
            throw new StorageException(
                    ("%s. What can be read ends with record %d (%s, last term %d), but record %d had been"
                                    + " made durable. %s")
                            .formatted(
                                    where,
                                    replay.lastSequence(),
                                    replay.range(),
                                    replay.lastTerm(),
                                    promised,
                                    StorageAdvice.REJOIN));
        }
    }

    private static String place(Stop stop) {
        return "log is damaged in %s at byte %d".formatted(stop.file(), stop.offset());
    }
}
