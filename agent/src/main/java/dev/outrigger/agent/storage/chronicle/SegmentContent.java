package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.RecordCodec;
import org.jspecify.annotations.Nullable;

/** What must be known of the records in one segment, to tell whether it is needed. */
final class SegmentContent {
    private @Nullable LogRecord header;
    private long bytes;
    private long lowestIndex = Long.MAX_VALUE;

    void note(LogRecord record) {
        bytes += SegmentSize.stored(RecordCodec.sizeBytes(record));
        if (record.kindTag() == LogRecord.SEGMENT_HEADER) {
            header = record;
        } else {
            lowestIndex = Math.min(lowestIndex, record.index());
        }
    }

    /** The record that says how the log ended before this segment; null when the process ended before it was there. */
    @Nullable
    LogRecord header() {
        return header;
    }

    /** What the records take in the file. */
    long bytes() {
        return bytes;
    }

    /** No entry or base in here is at an earlier index. */
    long lowestIndex() {
        return lowestIndex;
    }
}
