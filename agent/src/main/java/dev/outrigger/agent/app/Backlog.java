package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Committed entries that were read from the log and not yet delivered. Holds one read at most, so its size is that
 * read's. Refuses anything but the entry that follows: no gap can get past it.
 */
final class Backlog {
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long nextIndex = 1;

    /** Empties it; the next entry is the one at {@code nextIndex}. */
    void restart(long nextIndex) {
        entries.clear();
        this.nextIndex = nextIndex;
    }

    /** Index of the next entry to be taken. */
    long nextIndex() {
        return nextIndex;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The next entry; only when there is one. */
    Entry first() {
        return entries.element();
    }

    /** Goes past the next entry. */
    void pass() {
        nextIndex = entries.remove().index() + 1;
    }

    void add(List<Entry> read) {
        if (read.isEmpty()) {
            throw new IllegalStateException("the log gave nothing where index " + nextIndex + " was due");
        }
        long expected = nextIndex + entries.size();
        for (Entry entry : read) {
            if (entry.index() != expected++) {
                throw new IllegalStateException(
                        "the log gave index " + entry.index() + " where " + (expected - 1) + " was due");
            }
            entries.add(entry);
        }
    }

    /**
     * Takes what comes next, with at most {@code commandsMax} commands and nothing after {@code lastIndexMax}, up to before
     * the end of a backup. No-ops cost nothing.
     */
    Batch take(int commandsMax, long lastIndexMax) {
        List<Entry> commands = new ArrayList<>();
        for (Entry next = entries.peek(); next != null && next.index() <= lastIndexMax; next = entries.peek()) {
            if (RestorePart.isEnd(next)) {
                break;
            }
            if (next.kind() == Entry.Kind.COMMAND) {
                if (commands.size() == commandsMax) {
                    break;
                }
                commands.add(next);
            }
            entries.remove();
            nextIndex = next.index() + 1;
        }
        return new Batch(commands, nextIndex - 1);
    }
}
