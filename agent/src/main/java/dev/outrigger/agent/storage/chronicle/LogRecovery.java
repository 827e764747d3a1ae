package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.LogReplay;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.chronicle.LogScan.Span;
import dev.outrigger.agent.storage.chronicle.LogScan.Stop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import net.openhft.chronicle.wire.Wires;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a directory as the last process left it to a log in use. A log that is whole is opened. One that breaks off where
 * nothing was durable yet has a torn tail, as loss of power leaves it: it is cut off, and where that is not possible what is
 * before it is written anew. One that breaks off earlier has
 * lost what may have been acknowledged: refused.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final DataDirectory directory;
    private final LogSettings settings;

    LogRecovery(DataDirectory directory, LogSettings settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * @param durableFloor the hard state knows records up to this number to be durable
     * @param snapshots the snapshots on this disk, whole ones
     * @throws DamagedStorageException when the log must not be used
     */
    OpenLog recover(long durableFloor, List<Snapshot> snapshots) throws IOException {
        Path log = directory.log();
        LogScan scan = LogScan.of(log, settings.codec());
        mustHoldWhatWasDurable(scan, durableFloor, snapshots, log);
        if (scan.stop().isPresent()) {
            LOG.warn(
                    "{}. Nothing from there on was acknowledged; going on with {}",
                    describe(scan, log),
                    scan.replay().range());
        }
        LogScan usable = ended(scan);
        if (usable.stop().isEmpty()) {
            try {
                return OpenLog.behind(usable, Math.max(usable.promised(), durableFloor), log, settings);
            } catch (NoRoomException e) {
                throw e;
            } catch (RuntimeException | AssertionError e) {
                LOG.warn("{} is whole, but the queue cannot use it; writing it anew", log, e);
            }
        }
        LogScan rewritten = LogRewrite.run(usable, directory, settings);
        return OpenLog.behind(rewritten, rewritten.replay().lastSequence(), directory.log(), settings);
    }

    /**
     * Ends the last segment where the scan ended, with the queue's own mark. The queue would put it behind the last record
     * that it was about to write, and that one may be torn: a process that dies while it appends leaves one record
     * unfinished, and to copy a long log for it would cost many times what the rest of a start does. What is torn further
     * ahead is left as it is.
     */
    private static LogScan ended(LogScan scan) throws IOException {
        if (scan.spans().isEmpty() || !scan.stop().map(Stop::last).orElse(true)) {
            return scan;
        }
        LogScan ended = scan.endedHere();
        if (ended.spans().size() == scan.spans().size()) {
            Span last = scan.spans().get(scan.spans().size() - 1);
            ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            try (FileChannel channel = FileChannel.open(last.segment().file(), StandardOpenOption.WRITE)) {
                channel.write(mark.putInt(0, Wires.END_OF_DATA), last.bytes());
            }
        }
        return ended;
    }

    /**
     * Lets a log pass that has all its records, or has lost none that was known to be durable. One that does not begin with
     * index 1 needs a snapshot of what came before: it may be that this was dropped on purpose, or that it was lost, and
     * with the snapshot it does not matter.
     */
    static void mustHoldWhatWasDurable(LogScan scan, long durableFloor, List<Snapshot> snapshots, Path log) {
        LogReplay replay = scan.replay();
        long durable = Math.max(scan.promised(), durableFloor);
        if (replay.lastSequence() < durable) {
            throw new DamagedStorageException(
                    "%s. What can be read ends with record %d (%s), but record %d was durable. %s"
                            .formatted(
                                    describe(scan, log),
                                    replay.lastSequence(),
                                    replay.range(),
                                    durable,
                                    StorageAdvice.REJOIN));
        }
        if (replay.firstIndex() > 1 && snapshots.stream().noneMatch(replay::holdsEndOf)) {
            throw new DamagedStorageException(
                    "log begins with index %d, in %s, and this disk has no whole snapshot of what came before it. %s"
                            .formatted(replay.firstIndex(), scan.firstFile().orElse(log), StorageAdvice.REJOIN));
        }
    }

    private static String describe(LogScan scan, Path log) {
        return scan.stop()
                .map(stop -> "log is damaged in %s at byte %d: %s".formatted(stop.file(), stop.offset(), stop.reason()))
                .orElseGet(() -> "log " + log + " ends too early, " + scan.end());
    }
}
