package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a member finds again after a power cut. It is written in order, piece by piece. */
final class Disk {
    private HardState hardState = HardState.INITIAL;
    private final List<Entry> log = new ArrayList<>();

    /** A disk with entries of these terms on it. */
    static Disk of(HardState hardState, long... terms) {
        Disk disk = new Disk();
        disk.hardState = hardState;
        for (long term : terms) {
            disk.append(new Entry(disk.log.size() + 1, term, Entry.Kind.COMMAND, 0, Payload.EMPTY));
        }
        return disk;
    }

    HardState hardState() {
        return hardState;
    }

    long lastIndex() {
        return log.size();
    }

    boolean holds(long index, long term) {
        return index <= log.size() && log.get((int) index - 1).term() == term;
    }

    LogOutline outline() {
        List<TermStart> terms = new ArrayList<>();
        long term = 0;
        for (Entry entry : log) {
            if (entry.term() != term) {
                term = entry.term();
                terms.add(new TermStart(term, entry.index()));
            }
        }
        long lastTimeMillis = log.isEmpty() ? 0 : log.get(log.size() - 1).timeMillis();
        return new LogOutline(1, log.size(), terms, lastTimeMillis);
    }

    List<Entry> read(long firstIndex, int bytesMax) {
        List<Entry> read = new ArrayList<>();
        long bytes = 0;
        for (Entry entry : log.subList((int) firstIndex - 1, log.size())) {
            bytes += entry.sizeBytes();
            if (bytes > bytesMax && !read.isEmpty()) {
                break;
            }
            read.add(entry);
        }
        return read;
    }

    /**
     * Writes what {@code ready} asks for, in order: the hard state is one piece, each entry is one.
     *
     * @return the pieces written, at most {@code piecesMax}
     */
    int write(Ready ready, int piecesMax) {
        int pieces = 0;
        Optional<HardState> changed = ready.hardState();
        if (changed.isPresent() && pieces < piecesMax) {
            hardState = changed.get();
            pieces++;
        }
        for (Entry entry : ready.appends()) {
            if (pieces == piecesMax) {
                break;
            }
            append(entry);
            pieces++;
        }
        return pieces;
    }

    /** Entries at or after the new one are superseded. */
    private void append(Entry entry) {
        log.subList((int) entry.index() - 1, log.size()).clear();
        log.add(entry);
    }
}
