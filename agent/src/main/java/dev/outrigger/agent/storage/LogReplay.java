package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a log holds after the records it has seen so far. One rule, for start and for running alike:
 *
 * <ul>
 *   <li>Record numbers rise by one, and no record knows more to be durable than was there before it.
 *   <li>The first record is a segment header, and each of them names the last entry as it is. One that comes first, and not
 *       as record 1, may name any: the segments before it were dropped, and the log begins behind that entry.
 *   <li>An entry at index i needs i - 1 to be there, or to be the one before the first, in a term not later than its own; it
 *       supersedes the entry at i and drops all that followed.
 *   <li>A base at index i drops the entries up to i; and those that followed too, when the one at i is not of its term. It
 *       never goes back.
 * </ul>
 *
 * A record that breaks it is damage, and changes nothing here. Positions are the store's own numbers for places; here
 * they have no meaning. Not for use by several threads at once. Costs 8 bytes for each entry that it
 * holds, and some more until it grows or drops again.
 */
public final class LogReplay {
    private static final int POSITIONS_MIN = 1024;

    private final TermStarts terms = new TermStarts();
    private final List<Entry> configurations = new ArrayList<>();
    private final List<Entry> skips = new ArrayList<>();
    private long[] positions = new long[POSITIONS_MIN];
    private boolean started;
    private long lastSequence;
    private long durableSequence;
    private long firstIndex = 1;
    private long beginTimeMillis;
    private long lastIndex;
    private long lastTerm;
    private long lastTimeMillis;

    /**
     * @param sequenceBefore the first record's number is above this one; exactly by one for a log that is being written
     */
    public LogReplay(long sequenceBefore) {
        this.lastSequence = sequenceBefore;
    }

    /**
     * A log without records, for what this one holds: it begins behind the same entry, and its numbers go on after those
     * of this one.
     */
    public LogReplay emptied() {
        LogReplay emptied = new LogReplay(lastSequence);
        if (firstIndex > 1) {
            emptied.restart(firstIndex - 1, termAt(firstIndex - 1), beginTimeMillis);
        }
        return emptied;
    }

    /**
     * Goes one record further.
     *
     * @throws LogDamage when this record cannot follow
     */
    public void accept(LogRecord record, long position) {
        check(record);
        if (record.isEntry()) {
            put(record, position);
        } else if (record.kindTag() == LogRecord.BASE) {
            base(record);
        } else if (record.index() != lastIndex) {
            restart(record.index(), record.term(), record.timeMillis());
        }
        started = true;
        lastSequence = record.sequence();
        durableSequence = record.durableSequence();
    }

    /**
     * Whether {@code record} can come next.
     *
     * @throws LogDamage when it cannot
     */
    public void check(LogRecord record) {
        boolean follows = started ? record.sequence() == lastSequence + 1 : record.sequence() > lastSequence;
        if (!follows) {
            throw new LogDamage("record %d follows record %d".formatted(record.sequence(), lastSequence));
        }
        if (record.durableSequence() < durableSequence || record.durableSequence() >= record.sequence()) {
            throw new LogDamage("record %d takes records up to %d to be durable"
                    .formatted(record.sequence(), record.durableSequence()));
        }
        if (record.kindTag() == LogRecord.SEGMENT_HEADER) {
            checkHeader(record);
        } else if (!started) {
            throw new LogDamage("record %d, for index %d, comes before any segment header"
                    .formatted(record.sequence(), record.index()));
        } else if (record.isEntry()) {
            checkEntry(record);
        } else {
            checkBase(record);
        }
    }

    private void checkHeader(LogRecord record) {
        boolean begins = !started && lastIndex == 0 && record.sequence() > 1 && record.index() > 0;
        if (!begins && (record.index() != lastIndex || record.term() != lastTerm)) {
            throw new LogDamage("segment header expects index %d in term %d, but the log ends at index %d in term %d"
                    .formatted(record.index(), record.term(), lastIndex, lastTerm));
        }
    }

    private void checkEntry(LogRecord record) {
        if (record.index() < firstIndex || record.index() > lastIndex + 1) {
            throw new LogDamage("entry %d follows entry %d".formatted(record.index(), lastIndex));
        }
        long previousTerm = termAt(record.index() - 1);
        if (record.term() < previousTerm) {
            throw new LogDamage("entry %d is of term %d, the one before it of term %d"
                    .formatted(record.index(), record.term(), previousTerm));
        }
    }

    private void checkBase(LogRecord record) {
        long before = firstIndex - 1;
        boolean back = record.index() < before || record.index() == before && record.term() != termAt(before);
        if (back || record.index() < 1) {
            throw new LogDamage("a snapshot at index %d in term %d follows one at index %d in term %d"
                    .formatted(record.index(), record.term(), before, termAt(before)));
        }
    }

    private void put(LogRecord record, long position) {
        int slot = Math.toIntExact(record.index() - firstIndex);
        if (slot == positions.length) {
            positions = Arrays.copyOf(positions, positions.length * 2);
        }
        positions[slot] = position;
        terms.put(record.index(), record.term());
        put(configurations, Entry.Kind.CONFIGURATION, record);
        put(skips, Entry.Kind.SKIP, record);
        lastIndex = record.index();
        lastTerm = record.term();
        lastTimeMillis = record.timeMillis();
    }

    /** Of the kind that is remembered; whatever it supersedes is forgotten. */
    private static void put(List<Entry> remembered, Entry.Kind kind, LogRecord record) {
        while (!remembered.isEmpty() && remembered.get(remembered.size() - 1).index() >= record.index()) {
            remembered.remove(remembered.size() - 1);
        }
        if (record.kindTag() == kind.tag()) {
            remembered.add(record.entry());
        }
    }

    private void base(LogRecord record) {
        if (holds(record.index(), record.term())) {
            dropUpTo(record.index(), record.timeMillis());
        } else {
            restart(record.index(), record.term(), record.timeMillis());
        }
    }

    /**
     * Drops the entries up to {@code index}, which is in the log and whose agreed time is {@code timeMillis}; no record says
     * so, but a snapshot holds them.
     */
    public void dropUpTo(long index, long timeMillis) {
        if (index < firstIndex - 1 || index > lastIndex) {
            throw new IllegalArgumentException("index " + index + " is not in the log, which is " + range());
        }
        int dropped = Math.toIntExact(index + 1 - firstIndex);
        if (dropped > 0) {
            int left = Math.toIntExact(lastIndex - index);
            int size = Math.max(POSITIONS_MIN, left);
            // into a smaller array only when that is worth its copy
            long[] target = size <= positions.length / 4 ? new long[size * 2] : positions;
            System.arraycopy(positions, dropped, target, 0, left);
            positions = target;
            terms.dropBefore(index);
            configurations.removeIf(entry -> entry.index() <= index);
            skips.removeIf(entry -> entry.index() <= index);
            firstIndex = index + 1;
            beginTimeMillis = timeMillis;
        }
    }

    private void restart(long index, long term, long timeMillis) {
        terms.restart(index, term);
        configurations.clear();
        skips.clear();
        positions = new long[POSITIONS_MIN];
        firstIndex = index + 1;
        beginTimeMillis = timeMillis;
        lastIndex = index;
        lastTerm = term;
        lastTimeMillis = timeMillis;
    }

    /** Where the entry at {@code index} is; the index is in the log. */
    public long position(long index) {
        if (!contains(index)) {
            throw new IllegalArgumentException("index " + index + " is not in the log, which is " + range());
        }
        return positions[(int) (index - firstIndex)];
    }

    /** Whether the record at {@code position} is what the log holds at {@code index}. */
    public boolean isLive(long index, long position) {
        return contains(index) && position(index) == position;
    }

    /** The term of the entry at {@code index}, which is in the log or right before it; 0 for index 0. */
    public long termAt(long index) {
        return index == lastIndex ? lastTerm : terms.termAt(index);
    }

    /**
     * Whether the log follows from {@code snapshot}: the entry there is in the log, or right before it, and of its term. A
     * snapshot that goes further than the log is not in force yet.
     */
    public boolean holdsEndOf(Snapshot snapshot) {
        return holds(snapshot.index(), snapshot.term());
    }

    private boolean holds(long index, long term) {
        return index >= firstIndex - 1 && index <= lastIndex && termAt(index) == term;
    }

    /** Number of the last record, or what this began with. */
    public long lastSequence() {
        return lastSequence;
    }

    /** The last record knew that records up to this number were durable. */
    public long durableSequence() {
        return durableSequence;
    }

    public long firstIndex() {
        return firstIndex;
    }

    public long lastIndex() {
        return lastIndex;
    }

    public long lastTerm() {
        return lastTerm;
    }

    public long lastTimeMillis() {
        return lastTimeMillis;
    }

    /** The log alone; no word of snapshots. */
    public LogOutline outline() {
        return new LogOutline(
                firstIndex, lastIndex, terms.list(), lastTimeMillis, configurations, Optional.empty(), skips);
    }

    /** The log in words. */
    public String range() {
        return lastIndex < firstIndex
                ? "empty" + (firstIndex > 1 ? " behind index " + lastIndex : "")
                : "index " + firstIndex + " to " + lastIndex;
    }

    private boolean contains(long index) {
        return index >= firstIndex && index <= lastIndex;
    }
}
