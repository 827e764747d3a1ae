package dev.outrigger.agent.storage.chronicle;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * The queue in one log directory. Used by one thread at a time, which may change between calls. Appending makes nothing
 * durable.
 */
final class RecordQueue implements AutoCloseable {
    /** How long the queue may wait for a lock or a header. Nobody else holds them, so any wait ends in this timeout. */
    private static final int TIMEOUT_MILLIS = 500;

    private final SegmentClock clock;
    private final ChronicleQueue queue;
    private @Nullable ExcerptAppender appender;

    /**
     * @param directory a directory that was scanned and is whole: the queue itself stops silently at damage
     * @param blockBytes how much of a file is mapped at once; a record takes at most a quarter of it
     * @param cycle the segment that the first append begins; above all that exist
     */
    RecordQueue(Path directory, int blockBytes, int cycle) {
        this.clock = new SegmentClock(cycle);
        this.queue = SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(RollCycles.FAST_DAILY)
                .timeProvider(clock)
                .blockSize(blockBytes)
                .syncMode(SyncMode.NONE)
                .timeoutMS(TIMEOUT_MILLIS)
                .build();
    }

    /** Appends what is between position and limit of an array-backed buffer, and gives the record's position. */
    long append(ByteBuffer record) {
        DocumentContext document = appender().writingDocument();
        try {
            document.wire().bytes().write(record.array(), record.arrayOffset() + record.position(), record.remaining());
            return document.index();
        } catch (Throwable e) {
            document.rollbackOnClose(); // else half a record would be published
            throw e;
        } finally {
            document.close();
        }
    }

    /** Lets the next append begin segment {@code cycle}, which is above all that exist. */
    void beginSegment(int cycle) {
        clock.advanceTo(cycle);
    }

    /** Lets go of segments that were deleted, so that their space is given back. No tailer is in them. */
    void forgetDeleted() {
        queue.refreshDirectoryListing();
        BackgroundResourceReleaser.releasePendingResources();
    }

    /** The file that holds the record appended last. */
    Path currentFile() {
        return appender().currentFile().toPath();
    }

    ExcerptTailer tailer() {
        ExcerptTailer tailer = queue.createTailer();
        tailer.singleThreadedCheckDisabled(true);
        return tailer;
    }

    private ExcerptAppender appender() {
        ExcerptAppender current = appender;
        if (current == null) {
            current = queue.createAppender();
            current.singleThreadedCheckDisabled(true);
            appender = current;
        }
        return current;
    }

    @Override
    public void close() {
        if (appender != null) {
            appender.close();
        }
        queue.close();
        BackgroundResourceReleaser.releasePendingResources();
    }
}
