package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.LogOutline;
import java.util.Arrays;

/**
 * What a log holds after the records it has seen so far. One rule, for start and for running alike:
 *
 * <ul>
 *   <li>Record numbers rise by one, and no record knows more to be durable than was there before it.
 *   <li>The first record is a segment header, and each of them names the last entry as it is.
 *   <li>An entry at index i needs i - 1 to be there in a term not later than its own; it supersedes the entry at i and
 *       drops all that followed.
 * </ul>
 *
 * A record that breaks it is damage, and changes nothing here. Positions are the store's own numbers for places; here
 * they have no meaning. Not for use by several threads at once. Costs 8 bytes for each entry.
 */
public final class LogReplay {
    private static final long FIRST_INDEX = 1;

    private final TermStarts terms = new TermStarts();
    private long[] positions = new long[1024];
    private boolean started;
    private long lastSequence;
    private long durableSequence;
    private long lastIndex = FIRST_INDEX - 1;
    private long lastTerm;
    private long lastTimeMillis;

    /**
     * @param sequenceBefore the first record's number is above this one; exactly by one for a log that is being written
     */
    public LogReplay(long sequenceBefore) {
        this.lastSequence = sequenceBefore;
    }

    /**
     * Goes one record further.
     *
     * @throws LogDamage when this record cannot follow
     */
    public void accept(LogRecord record, long position) {
        check(record);
        started = true;
        lastSequence = record.sequence();
        durableSequence = record.durableSequence();
        if (record.isEntry()) {
            put(record, position);
        }
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
        if (record.isEntry()) {
            checkEntry(record);
        } else if (record.index() != lastIndex || record.term() != lastTerm) {
            throw new LogDamage("segment header expects index %d in term %d, but the log ends at index %d in term %d"
                    .formatted(record.index(), record.term(), lastIndex, lastTerm));
        }
    }

    private void checkEntry(LogRecord record) {
        if (!started) {
            throw new LogDamage("entry %d comes before any segment header".formatted(record.index()));
        }
        if (record.index() < FIRST_INDEX || record.index() > lastIndex + 1) {
            throw new LogDamage("entry %d follows entry %d".formatted(record.index(), lastIndex));
        }
        long previousTerm = termAt(record.index() - 1);
        if (record.term() < previousTerm) {
            throw new LogDamage("entry %d is of term %d, the one before it of term %d"
                    .formatted(record.index(), record.term(), previousTerm));
        }
    }

    private void put(LogRecord record, long position) {
        int slot = Math.toIntExact(record.index() - FIRST_INDEX);
        if (slot == positions.length) {
            positions = Arrays.copyOf(positions, positions.length * 2);
        }
        positions[slot] = position;
        terms.put(record.index(), record.term());
        lastIndex = record.index();
        lastTerm = record.term();
        lastTimeMillis = record.timeMillis();
    }

    /** Where the entry at {@code index} is; the index is in the log. */
    public long position(long index) {
        if (!contains(index)) {
            throw new IllegalArgumentException("index " + index + " is not in the log, which is " + range());
        }
        return positions[(int) (index - FIRST_INDEX)];
    }

    /** Whether the record at {@code position} is what the log holds at {@code index}. */
    public boolean isLive(long index, long position) {
        return contains(index) && position(index) == position;
    }

    /** The term of the entry at {@code index}, which is in the log; 0 for index 0. */
    public long termAt(long index) {
        return index == lastIndex ? lastTerm : terms.termAt(index);
    }

    /** Number of the last record, or what this began with. */
    public long lastSequence() {
        return lastSequence;
    }

    /** The last record knew that records up to this number were durable. */
    public long durableSequence() {
        return durableSequence;
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

    public LogOutline outline() {
        return new LogOutline(FIRST_INDEX, lastIndex, terms.list(), lastTimeMillis);
    }

    /** The log in words. */
    public String range() {
        return lastIndex < FIRST_INDEX ? "empty" : "index " + FIRST_INDEX + " to " + lastIndex;
    }

    private boolean contains(long index) {
        return index >= FIRST_INDEX && index <= lastIndex;
    }
}
