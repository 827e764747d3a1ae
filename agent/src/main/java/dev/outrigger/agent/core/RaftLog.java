package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The core's view of the log: the terms of all of it, the newest entries in memory, and how far it is durable. Only what
 * is durable and committed may leave memory.
 */
final class RaftLog {
    private final long firstIndex;
    private final TermRuns terms;
    private final EntryTail tail;
    private final Deque<Write> writes = new ArrayDeque<>();
    private long durableIndex;
    /** First index that no Ready has carried to the disk yet. */
    private long nextWrite;

    private long lastTimeMillis;

    RaftLog(LogOutline outline) {
        firstIndex = outline.firstIndex();
        terms = new TermRuns(outline.terms());
        tail = new EntryTail(outline.lastIndex());
        durableIndex = outline.lastIndex();
        nextWrite = outline.lastIndex() + 1;
        lastTimeMillis = outline.lastTimeMillis();
    }

    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return tail.lastIndex();
    }

    long lastTerm() {
        return termAt(lastIndex());
    }

    /** Highest agreed time of all entries that were ever in this log. */
    long lastTimeMillis() {
        return lastTimeMillis;
    }

    /** Highest index that is certainly on this member's disk. */
    long durableIndex() {
        return durableIndex;
    }

    /** Term of the entry at {@code index}; 0 for index 0 (Paper Fig. 2). */
    long termAt(long index) {
        return index == 0 ? 0 : terms.termAt(index);
    }

    boolean matches(long index, long term) {
        return index <= lastIndex() && termAt(index) == term;
    }

    /** Whether a log that ends with this entry is at least as fresh as ours (Paper §5.4.1). */
    boolean isNotFresherThan(long otherLastIndex, long otherLastTerm) {
        return otherLastTerm > lastTerm() || otherLastTerm == lastTerm() && otherLastIndex >= lastIndex();
    }

    long lastIndexWithTermAtMost(long index, long term) {
        return terms.lastIndexWithTermAtMost(Math.min(index, lastIndex()), term);
    }

    void append(Entry entry) {
        if (entry.index() != lastIndex() + 1) {
            throw new InvariantViolation("entry " + entry.index() + " appended after " + lastIndex());
        }
        terms.append(entry.index(), entry.term());
        tail.append(entry);
        lastTimeMillis = Math.max(lastTimeMillis, entry.timeMillis());
    }

    /** Drops all from {@code index} on. What an earlier write has put on disk there no longer counts as durable. */
    void truncateFrom(long index) {
        terms.truncateFrom(index);
        tail.truncateFrom(index);
        durableIndex = Math.min(durableIndex, index - 1);
        nextWrite = Math.min(nextWrite, index);
        writes.forEach(write -> write.lastIndex = Math.min(write.lastIndex, index - 1));
    }

    boolean hasUnwritten() {
        return nextWrite <= lastIndex();
    }

    /** Hands out what no Ready has carried yet; it is durable once {@code persisted(number)} is called. */
    List<Entry> takeUnwritten(long number) {
        if (!hasUnwritten()) {
            return List.of();
        }
        List<Entry> unwritten = tail.slice(nextWrite, lastIndex(), Integer.MAX_VALUE, Long.MAX_VALUE);
        nextWrite = lastIndex() + 1;
        writes.add(new Write(number, lastIndex()));
        return unwritten;
    }

    /** All writes up to the Ready of this number are durable. */
    void persisted(long number) {
        while (!writes.isEmpty() && writes.getFirst().number <= number) {
            durableIndex = Math.max(durableIndex, writes.removeFirst().lastIndex);
        }
    }

    /** Entries from {@code from} up to {@code to}, at least one, or empty when they are no longer in memory. */
    Optional<List<Entry>> slice(long from, long to, int entriesMax, long bytesMax) {
        return from < tail.firstIndex() ? Optional.empty() : Optional.of(tail.slice(from, to, entriesMax, bytesMax));
    }

    /** Bytes of the entries after {@code index} that are in memory. */
    long bytesAfter(long index) {
        return tail.bytesAfter(index);
    }

    /** Drops the oldest from memory while they exceed {@code bytesMax}, as far as they are durable and committed. */
    void evict(long bytesMax, long commitIndex) {
        tail.evict(bytesMax, Math.min(durableIndex, commitIndex));
    }

    void compact(Snapshot taken, long firstKept) {}

    Configuration configuration() {
        throw new UnsupportedOperationException();
    }

    Configuration configurationAt(long index) {
        throw new UnsupportedOperationException();
    }

    Optional<Snapshot> snapshot() {
        return Optional.empty();
    }

    /** A write on its way to the disk; truncation lowers what it will have made durable. */
    private static final class Write {
        final long number;
        long lastIndex;

        Write(long number, long lastIndex) {
            this.number = number;
            this.lastIndex = lastIndex;
        }
    }
}
