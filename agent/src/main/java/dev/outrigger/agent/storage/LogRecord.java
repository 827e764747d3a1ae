package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;

/**
 * One record of the stored log. Records are only ever appended; what a member's log holds is what remains after {@link
 * LogReplay} has gone through all of them in order.
 *
 * <p>Every record has a number of its own, so that a missing one shows, and carries the number up to which everything
 * was known to be durable when it was written, so that a lost one that was acknowledged can be told from one that never
 * was. Numbers of records serve for this and not indexes of entries: an index is written again when a later leader
 * supersedes it, a number never is.
 *
 * @param kindTag the tag of an {@link Entry.Kind}, {@link #SEGMENT_HEADER} or {@link #BASE}
 * @param sequence number of this record, rising by one from record to record
 * @param durableSequence every record up to this number was durable when this one was written
 * @param term the entry's term; of a segment header that of the last entry before it, of a base that of the snapshot
 * @param index the entry's index; of a segment header the last index of the log before it, of a base that of the snapshot
 * @param timeMillis the entry's agreed time; of a segment header that of the last entry before it, of a base that of
 *     the snapshot
 * @param data the entry's data; empty in all else
 */
public record LogRecord(
        int kindTag, long sequence, long durableSequence, long term, long index, long timeMillis, Payload data) {
    /** Begins every segment: says how the log ended before it. */
    public static final int SEGMENT_HEADER = 128;

    /**
     * A snapshot takes the place of the log up to its index. Of a log that holds an entry of the snapshot's term there, what
     * follows stays; any other is empty from there on (Paper §7).
     */
    public static final int BASE = 129;

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

    public static LogRecord base(Snapshot snapshot, long sequence, long durableSequence) {
        return new LogRecord(
                BASE,
                sequence,
                durableSequence,
                snapshot.term(),
                snapshot.index(),
                snapshot.timeMillis(),
                Payload.EMPTY);
    }

    public boolean isEntry() {
        return kindTag < SEGMENT_HEADER;
    }

    /** The entry in this record; only when it is one. */
    public Entry entry() {
        return new Entry(index, term, Entry.Kind.ofTag(kindTag), timeMillis, data);
    }
}
