package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.LogDamage;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.RecordCodec;
import java.nio.ByteBuffer;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads records back through the queue. Keeps its place: reading on is hundreds of times cheaper than going to a place.
 * The queue may deliver something else than was asked for without an error, so every answer is checked.
 */
final class LogReader implements AutoCloseable {
    /** Records to read over before it is cheaper to go to the place. */
    private static final int SKIP_MAX = 64;

    private final RecordQueue queue;
    private @Nullable ExcerptTailer tailer;
    private final RecordCodec codec;
    private ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private long lastPosition = Long.MAX_VALUE;

    LogReader(RecordQueue queue, RecordCodec codec) {
        this.queue = queue;
        this.codec = codec;
    }

    /**
     * The record at {@code position}.
     *
     * @throws LogDamage when it is not there or not whole
     */
    LogRecord read(long position) {
        if (isJustAhead(position)) {
            for (int skipped = 0; skipped <= SKIP_MAX && lastPosition < position; skipped++) {
                if (advance(position)) {
                    return decode();
                }
            }
        }
        if (!tailer().moveToIndex(position) || !advance(position)) {
            throw new LogDamage("the queue has no record at " + name(position));
        }
        return decode();
    }

    /**
     * The record after the one that was read last.
     *
     * @throws LogDamage when there is none or it is not whole
     */
    LogRecord readNext() {
        try (DocumentContext document = tailer().readingDocument()) {
            if (!document.isPresent()) {
                throw new LogDamage("the queue ends after " + name(lastPosition));
            }
            lastPosition = document.index();
            copy(document.wire().bytes());
        }
        return decode();
    }

    /** Lets go of the segment that it is in. */
    void letGo() {
        close();
        tailer = null;
        lastPosition = Long.MAX_VALUE;
    }

    private ExcerptTailer tailer() {
        ExcerptTailer current = tailer;
        if (current == null) {
            current = queue.tailer();
            tailer = current;
        }
        return current;
    }

    private boolean isJustAhead(long position) {
        boolean sameSegment = cycle(position) == cycle(lastPosition);
        return position > lastPosition && (sameSegment ? position - lastPosition : sequence(position)) <= SKIP_MAX;
    }

    /** Reads one record further; whether it was the one at {@code position}. */
    private boolean advance(long position) {
        try (DocumentContext document = tailer().readingDocument()) {
            if (!document.isPresent()) {
                return false;
            }
            lastPosition = document.index();
            if (lastPosition != position) {
                return false;
            }
            copy(document.wire().bytes());
            return true;
        }
    }

    private void copy(Bytes<?> bytes) {
        int length = Math.toIntExact(bytes.readRemaining());
        if (length > buffer.capacity()) {
            buffer = ByteBuffer.allocate(Math.max(length, buffer.capacity() * 2));
        }
        bytes.read(buffer.array(), 0, length);
        buffer.clear().limit(length);
    }

    private LogRecord decode() {
        return codec.decode(buffer, 0, buffer.limit());
    }

    private static int cycle(long position) {
        return RollCycles.FAST_DAILY.toCycle(position);
    }

    private static long sequence(long position) {
        return RollCycles.FAST_DAILY.toSequenceNumber(position);
    }

    private static String name(long position) {
        return "place " + sequence(position) + " of segment " + cycle(position);
    }

    @Override
    public void close() {
        if (tailer != null) {
            tailer.close();
        }
    }
}
