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
    /** Index right before the first entry: 0, or one that a snapshot covers. */
    private long baseIndex;

    private final TermRuns terms;
    private EntryTail tail;
    private Configurations configurations;
    private Optional<Snapshot> snapshot;
    /** A snapshot to take the place of the log, that no Ready has carried yet. */
    private Optional<Snapshot> unwrittenInstall = Optional.empty();

    private final Deque<Write> writes = new ArrayDeque<>();
    private long durableIndex;
    /** First index that no Ready has carried to the disk yet. */
    private long nextWrite;

    private long lastTimeMillis;

    /** @param formed the configuration before the first entry of all */
    RaftLog(LogOutline outline, Configuration formed) {
        baseIndex = outline.firstIndex() - 1;
        snapshot = outline.snapshot();
        configurations = new Configurations(
                snapshot.map(Snapshot::configuration).orElse(formed), snapshotIndex(), outline.configurations());
        terms = new TermRuns(outline.terms());
        tail = new EntryTail(outline.lastIndex());
        durableIndex = outline.lastIndex();
        nextWrite = outline.lastIndex() + 1;
        lastTimeMillis = outline.lastTimeMillis();
    }

    long firstIndex() {
        return baseIndex + 1;
    }

    /** Index right before the first entry; its term is known, and all up to it is committed. */
    long baseIndex() {
        return baseIndex;
    }

    /** The latest snapshot; that it is durable, is certain once {@link #durableIndex()} has reached it. */
    Optional<Snapshot> snapshot() {
        return snapshot;
    }

    /** Last index that the latest snapshot covers, 0 without one. */
    long snapshotIndex() {
        return snapshot.map(Snapshot::index).orElse(0L);
    }

    Configurations configurations() {
        return configurations;
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

    /** Whether this entry is here; up to the base everything is that any leader could send. */
    boolean matchesOrCovers(long index, long term) {
        return index < baseIndex || matches(index, term);
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
        if (entry.kind() == Entry.Kind.CONFIGURATION) {
            configurations.append(entry);
        }
        lastTimeMillis = Math.max(lastTimeMillis, entry.timeMillis());
    }

    /** Drops all from {@code index} on. What an earlier write has put on disk there no longer counts as durable. */
    void truncateFrom(long index) {
        terms.truncateFrom(index);
        tail.truncateFrom(index);
        configurations.truncateFrom(index);
        durableIndex = Math.min(durableIndex, index - 1);
        nextWrite = Math.min(nextWrite, index);
        writes.forEach(write -> write.lastIndex = Math.min(write.lastIndex, index - 1));
    }

    /** A snapshot covers what is dropped here: all entries before {@code firstKept}. */
    void compact(Snapshot taken, long firstKept) {
        if (taken.index() <= snapshotIndex()) {
            return; // a later one came in between
        }
        if (firstKept > taken.index() + 1 || firstKept > durableIndex + 1 || termAt(taken.index()) != taken.term()) {
            throw new InvariantViolation(taken + " does not cover the log up to " + (firstKept - 1));
        }
        snapshot = Optional.of(taken);
        configurations.compact(taken.index());
        if (firstKept - 1 > baseIndex) {
            baseIndex = firstKept - 1;
            terms.compact(baseIndex);
            tail.dropBefore(firstKept);
        }
    }

    /**
     * Puts a snapshot in the place of the whole log, which does not reach it or differs from it.
     *
     * @param commitIndex what is stored up to here stays durable: the snapshot begins with the same entries
     */
    void install(Snapshot received, long commitIndex) {
        long last = received.index();
        durableIndex = Math.min(durableIndex, commitIndex);
        writes.forEach(write -> write.lastIndex = Math.min(write.lastIndex, commitIndex));
        baseIndex = last;
        terms.reset(last, received.term());
        tail = new EntryTail(last);
        // What was in force, or only written, before says nothing about what is in force now.
        configurations = new Configurations(received.configuration(), last, List.of());
        snapshot = Optional.of(received);
        unwrittenInstall = snapshot;
        nextWrite = last + 1;
        lastTimeMillis = Math.max(lastTimeMillis, received.timeMillis());
    }

    boolean hasUnwritten() {
        return unwrittenInstall.isPresent() || nextWrite <= lastIndex();
    }

    /** Whether something that a Ready has carried is not certainly on the disk yet. */
    boolean isWriting() {
        return !writes.isEmpty();
    }

    /** Hands out the snapshot that no Ready has carried yet; it is durable once {@code persisted(number)} is called. */
    Optional<Snapshot> takeInstall(long number) {
        Optional<Snapshot> install = unwrittenInstall;
        unwrittenInstall = Optional.empty();
        install.ifPresent(received -> writes.add(new Write(number, received.index())));
        return install;
    }

    /** Hands out what no Ready has carried yet; it is durable once {@code persisted(number)} is called. */
    List<Entry> takeUnwritten(long number) {
        if (nextWrite > lastIndex()) {
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

    /** Whether the entry at {@code index} has been in memory since this member started, or came later. */
    boolean isInMemory(long index) {
        return index >= tail.firstIndex();
    }

    /** Bytes of the entries in memory. */
    long tailBytes() {
        return tail.bytes();
    }

    /** Bytes of the entries after {@code index} that are in memory. */
    long bytesAfter(long index) {
        return tail.bytesAfter(index);
    }

    /** Drops the oldest from memory while they exceed {@code bytesMax}, as far as they are durable and committed. */
    void evict(long bytesMax, long commitIndex) {
        tail.evict(bytesMax, Math.min(durableIndex, commitIndex));
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
