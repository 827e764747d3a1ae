package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A data directory that no agent uses, looked at. Nothing in it is created, changed or deleted, and while this is open no
 * agent can begin to use it. Judges by the rules that a start goes by. Used by one thread; every method may block on the
 * disk.
 */
public final class LogInspection implements AutoCloseable {
    private final Path root;
    private final @Nullable FileChannel lock;

    private LogInspection(Path root, @Nullable FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** How something on the disk is. */
    public enum Condition {
        WHOLE,
        /** Not finished, as a crash or a loss of power leaves it; nothing in it was acknowledged. */
        TORN,
        /** Not what it was made to be. */
        DAMAGED
    }

    /**
     * @param part what it is: identity, hardstate, CURRENT, cluster, log or snapshot
     * @param position where in the file it is torn or damaged, when that is known
     * @param detail what is in it, or what is wrong with it and which indexes are concerned
     * @param advice what to do, empty when nothing
     */
    public record Finding(
            String part, Path file, Condition condition, OptionalLong position, String detail, String advice) {}

    /** What became of an entry that was stored. */
    public enum Standing {
        LIVE,
        /** A later record took its place, or a snapshot. */
        SUPERSEDED,
        /** It is no entry. */
        NO_ENTRY
    }

    /**
     * @param segment the file
     * @param offset where in the file it begins
     */
    public record StoredRecord(Path segment, long offset, LogRecord record, Standing standing) {}

    /** Takes the records in the order in which they were written. */
    public interface RecordSink {
        void accept(StoredRecord record);
    }

    /**
     * Where the log could be read no further.
     *
     * @param offset where in the file
     * @param reason what is wrong there
     */
    public record Stop(Path file, long offset, String reason) {}

    /**
     * @throws StorageException when this is no data directory, or an agent uses it
     */
    public static LogInspection open(Path dataDirectory) {
        ChronicleRuntime.prepare();
        Path root = dataDirectory.toAbsolutePath().normalize();
        if (Stream.of("identity", "hardstate", "CURRENT", "cluster")
                .noneMatch(name -> Files.exists(root.resolve(name)))) {
            throw new StorageException(root + " is not the data directory of an agent");
        }
        try {
            return new LogInspection(root, shareLock(root));
        } catch (IOException e) {
            throw new StorageException("cannot look into data directory " + root + ": " + e, e);
        }
    }

    /** Null when there is no file to lock: no agent ever used this one, as it is with a copy. */
    private static @Nullable FileChannel shareLock(Path root) throws IOException {
        Path file = root.resolve("LOCK");
        if (!Files.exists(file)) {
            return null;
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            if (channel.tryLock(0, Long.MAX_VALUE, true) != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new StorageException("data directory " + root + " is in use by an agent; stop that one first");
    }

    /** Looks at all there is. Reads every byte of log and snapshots: a second or so for a gigabyte. */
    public List<Finding> verify() {
        return new DirectoryCheck(root).run();
    }

    /**
     * Hands out every record that a start would read.
     *
     * @return where it stopped, empty for a log that is whole
     * @throws StorageException when it is not known which log counts, or whose disk this is
     */
    public Optional<Stop> dump(RecordSink sink) {
        try {
            RecordCodec codec =
                    new RecordCodec(DiskIdentity.read(root.resolve("identity")).storageId());
            LogScan scan = LogScan.of(CurrentLog.read(root).segments(root), codec);
            for (LogScan.Span span : scan.spans()) {
                new SegmentWalk(span.segment(), codec).walk((record, number, offset) -> {
                    if (number < span.records()) {
                        sink.accept(new StoredRecord(
                                span.segment().file(), offset, record, standing(scan, span, record, number)));
                    }
                });
            }
            return scan.stop().map(stop -> new Stop(stop.file(), stop.offset(), stop.reason()));
        } catch (IOException e) {
            throw new StorageException("cannot read the log in data directory " + root + ": " + e, e);
        }
    }

    private static Standing standing(LogScan scan, LogScan.Span span, LogRecord record, int number) {
        if (!record.isEntry()) {
            return Standing.NO_ENTRY;
        }
        long position = LogScan.position(span.segment().cycle(), number);
        return scan.replay().isLive(record.index(), position) ? Standing.LIVE : Standing.SUPERSEDED;
    }

    @Override
    public void close() {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new StorageException("cannot close " + root + ": " + e, e);
        }
    }
}
