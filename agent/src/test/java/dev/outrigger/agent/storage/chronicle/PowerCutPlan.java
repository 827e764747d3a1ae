package dev.outrigger.agent.storage.chronicle;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/**
 * What a member does to its disk, one operation after the other, all of it from one seed: whoever goes through the same plan
 * knows what a process that went through it must have left. Terms rise whenever something is superseded, so that an entry's
 * content follows from index and term.
 */
final class PowerCutPlan {
    private static final int ENTRIES_MAX = 60;
    /** A log that is longer is compacted to at most this. */
    private static final int ENTRIES_KEPT = 500;

    private static final int SUPERSEDED_MAX = 40;
    private static final int SNAPSHOT_BYTES_MAX = 200_000;

    private final Random random;
    private final Queue<Operation> next = new ArrayDeque<>();
    private long firstIndex = 1;
    private long lastIndex;
    private long lastTerm;
    private long snapshotIndex;
    private long vote;

    PowerCutPlan(long seed) {
        this.random = new Random(seed);
    }

    enum Kind {
        /** Entries of one term from {@code first} to {@code last}, and a vote unless its term is 0. */
        APPEND,
        /** A vote alone. */
        VOTE,
        /** A snapshot taken here, at index {@code last}. */
        TAKE,
        /** One that another member sends, ahead of the log. */
        RECEIVE,
        /** The one that was received takes the place of the log. */
        INSTALL,
        /** Entries before {@code first} are not needed. */
        COMPACT,
        /** Snapshots before the one at {@code last} are not needed. */
        DROP
    }

    /**
     * @param vote term of the vote, 0 for none
     * @param bytes size of the application's part of a snapshot
     */
    record Operation(Kind kind, long first, long last, long term, long vote, int bytes) {}

    Operation next() {
        if (next.isEmpty()) {
            plan();
        }
        return next.remove();
    }

    private void plan() {
        int dice = random.nextInt(100);
        if (dice < 72 || lastIndex == 0) {
            append();
        } else if (dice < 82) {
            add(Kind.VOTE, 0, 0, 0, ++vote, 0);
        } else if (dice < 95) {
            takeSnapshot();
        } else {
            receiveSnapshot();
        }
    }

    private void append() {
        long back = random.nextInt(8) == 0 ? Math.min(lastIndex - snapshotIndex, random.nextInt(SUPERSEDED_MAX)) : 0;
        long first = lastIndex + 1 - back;
        lastTerm = back > 0 || lastTerm == 0 ? lastTerm + 1 : lastTerm;
        lastIndex = first + (random.nextBoolean() ? 0 : random.nextInt(ENTRIES_MAX));
        boolean votes = random.nextInt(10) == 0;
        vote += votes ? 1 : 0;
        add(Kind.APPEND, first, lastIndex, lastTerm, votes ? vote : 0, 0);
    }

    private void takeSnapshot() {
        if (lastIndex == snapshotIndex) {
            append();
            return;
        }
        snapshotIndex = lastIndex;
        add(Kind.TAKE, 0, snapshotIndex, lastTerm, 0, random.nextInt(SNAPSHOT_BYTES_MAX));
        if (random.nextInt(3) > 0) {
            add(Kind.DROP, 0, snapshotIndex, lastTerm, 0, 0);
        }
        if (lastIndex - firstIndex > ENTRIES_KEPT) {
            firstIndex = lastIndex + 1 - random.nextInt(ENTRIES_KEPT);
            add(Kind.COMPACT, firstIndex, 0, 0, 0, 0);
        }
    }

    private void receiveSnapshot() {
        lastIndex += 1 + random.nextInt(50);
        lastTerm += random.nextInt(2);
        snapshotIndex = lastIndex;
        firstIndex = lastIndex + 1;
        add(Kind.RECEIVE, 0, lastIndex, lastTerm, 0, random.nextInt(SNAPSHOT_BYTES_MAX));
        vote += random.nextInt(2);
        add(Kind.INSTALL, firstIndex, lastIndex, lastTerm, vote, 0);
        add(Kind.DROP, 0, lastIndex, lastTerm, 0, 0);
    }

    private void add(Kind kind, long first, long last, long term, long voteTerm, int bytes) {
        next.add(new Operation(kind, first, last, term, voteTerm, bytes));
    }
}
