package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Committed entries on their way to the application. Four positions, never in another order:
 *
 * <ul>
 *   <li>{@link #appliedIndex()}: the last command that the application has certainly applied;
 *   <li>{@link #doneIndex()}: everything up to here is done with, for what lies between was not for the application;
 *   <li>{@link #gate()}'s: what lies between is ruled on, and under way or waiting; it is ruled on once, however often it is
 *       delivered;
 *   <li>{@link #nextIndex()}: what lies before was read from the log.
 * </ul>
 *
 * <p>Holds one read at most, so its size is that read's. Refuses anything but the entry that follows: no gap can get past
 * it.
 */
final class Backlog {
    private final Deque<Ruling> ruled = new ArrayDeque<>();
    private final Deque<Entry> entries = new ArrayDeque<>();
    private Gate gate = new Gate();
    private final LongPredicate skipped;
    private long appliedIndex;

    /** @param skipped whether the command at an index is to be passed over */
    Backlog(LongPredicate skipped) {
        this.skipped = skipped;
    }

    /**
     * Begins anew.
     *
     * @param gate where the application stands
     * @param appliedIndex what it has applied; the gate has been told no other command for it
     */
    void reset(Gate gate, long appliedIndex) {
        ruled.clear();
        entries.clear();
        this.gate = gate;
        this.appliedIndex = appliedIndex;
    }

    Gate gate() {
        return gate;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    long doneIndex() {
        return ruled.isEmpty() ? gate.toldIndex() : ruled.element().index() - 1;
    }

    /** Whether an application that has applied everything up to there can go on from here. */
    boolean standsAt(long appliedIndex) {
        return appliedIndex >= this.appliedIndex && appliedIndex <= gate.toldIndex();
    }

    /**
     * The application stands there, and what was under way is not any more.
     *
     * @return what is done with by that, though nobody knows with which result
     */
    List<Ruling> takeUp(long appliedIndex) {
        List<Ruling> done = new ArrayList<>();
        while (!ruled.isEmpty() && ruled.element().index() <= appliedIndex) {
            done.add(ruled.remove());
        }
        this.appliedIndex = appliedIndex;
        return done;
    }

    /** Whether everything that was ruled on is done with: gate and application are at the same place. */
    boolean isSettled() {
        return ruled.isEmpty();
    }

    /** Index of the next entry to be read. */
    long nextIndex() {
        return gate.toldIndex() + entries.size() + 1;
    }

    boolean isEmpty() {
        return ruled.isEmpty() && entries.isEmpty();
    }

    /** Whether the end of a backup comes next. */
    boolean isRestoreNext() {
        return ruled.isEmpty() && !entries.isEmpty() && RestorePart.isEnd(entries.element());
    }

    /** The next entry to be ruled on; only when there is one. */
    Entry first() {
        return entries.element();
    }

    void add(List<Entry> read) {
        if (read.isEmpty()) {
            throw new IllegalStateException("the log gave nothing where index " + nextIndex() + " was due");
        }
        long expected = nextIndex();
        for (Entry entry : read) {
            if (entry.index() != expected++) {
                throw new IllegalStateException(
                        "the log gave index " + entry.index() + " where " + (expected - 1) + " was due");
            }
            entries.add(entry);
        }
    }

    /**
     * What comes next, with at most {@code commandsMax} commands and nothing after {@code lastIndexMax}, up to before the
     * end of a backup. What is not for the application costs nothing. It stays here until it is {@link #done}.
     */
    Batch take(int commandsMax, long lastIndexMax) {
        List<Ruling> taken = new ArrayList<>();
        int commands = 0;
        for (Iterator<Ruling> next = ruled.iterator(); next.hasNext(); ) {
            Ruling ruling = next.next();
            if (ruling.index() > lastIndexMax || ruling.isDelivered() && commands == commandsMax) {
                return Batch.of(taken);
            }
            commands += ruling.isDelivered() ? 1 : 0;
            taken.add(ruling);
        }
        for (Entry next = entries.peek(); next != null && next.index() <= lastIndexMax; next = entries.peek()) {
            if (RestorePart.isEnd(next) || commands == commandsMax && mayBeDelivered(next)) {
                break;
            }
            Ruling ruling = heeding(gate.rule(entries.remove()));
            commands += ruling.isDelivered() ? 1 : 0;
            ruled.add(ruling);
            taken.add(ruling);
        }
        return Batch.of(taken);
    }

    /** Another command is to be passed over; it may have been ruled on before, and may be under way. */
    void heedSkips() {
        List<Ruling> rulings = ruled.stream().map(this::heeding).toList();
        ruled.clear();
        ruled.addAll(rulings);
    }

    private Ruling heeding(Ruling ruling) {
        boolean passed = ruling.isDelivered() && skipped.test(ruling.index())
                || ruling.kind() == Ruling.Kind.DUPLICATE && skipped.test(ruling.firstIndex());
        return passed ? ruling.skipped() : ruling;
    }

    private static boolean mayBeDelivered(Entry entry) {
        return entry.kind() == Entry.Kind.COMMAND || entry.kind() == Entry.Kind.SESSION_COMMAND;
    }

    /** Takes the end of a backup, which comes next. */
    Batch takeRestore() {
        Ruling ruling = gate.rule(entries.remove());
        ruled.add(ruling);
        return Batch.of(List.of(ruling));
    }

    /** The application has applied what was taken. */
    void done(Batch batch) {
        while (!ruled.isEmpty() && ruled.element().index() <= batch.lastIndex()) {
            ruled.remove();
        }
        if (!batch.isEmpty()) {
            appliedIndex = batch.lastCommand().index();
        }
    }
}
