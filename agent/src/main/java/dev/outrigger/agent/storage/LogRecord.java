package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;

/**
 * One record of the stored log. Records are only ever appended; what a member's log holds is what remains after {@link
 * LogReplay} has gone through all of them in order.
 *
 * <p>Every record has a number of its own, so that a missing one shows, and carries the number up to which everything
 * was known to be durable when it was written, so that a lost one that was acknowledged can be told from one that never
 * was. Numbers of records serve for this and not indexes of entries: an index is written again when a later leader
 * supersedes it, a number never is.
 *
 * @param kindTag the tag of an {@link Entry.Kind}, or {@link #SEGMENT_HEADER}
 * @param sequence number of this record, rising by one from record to record
 * @param durableSequence every record up to this number was durable when this one was written
 * @param term the entry's term; of a segment header the term of the last entry before it, else 0
 * @param index the entry's index; of a segment header the last index of the log before it
 * @param timeMillis the entry's agreed time; of a segment header that of the last entry before it
 * @param data the entry's data; empty in a segment header
 */
public record LogRecord(
        int kindTag, long sequence, long durableSequence, long term, long index, long timeMillis, Payload data) {
    /** Begins every segment: says how the log ended before it. */
    public static final int SEGMENT_HEADER = 128;

    public static LogRecord of(Entry entry, long sequence, long durableSequence) {
        return new LogRecord(
                entry.kind().tag(),
                sequence,
                durableSequence,
                entry.term(),
                entry.index(),
                entry.timeMillis(),
                entry.data());
    }

    public static LogRecord segmentHeader(LogReplay before, long durableSequence) {
        return new LogRecord(
                SEGMENT_HEADER,
                before.lastSequence() + 1,
                durableSequence,
                before.lastTerm(),
                before.lastIndex(),
                before.lastTimeMillis(),
                Payload.EMPTY);
    }

    public boolean isEntry() {
        return kindTag != SEGMENT_HEADER;
    }

    /** The entry in this record; only when it is one. */
    public Entry entry() {
        return new Entry(index, term, Entry.Kind.ofTag(kindTag), timeMillis, data);
    }
}
