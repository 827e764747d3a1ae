package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a member finds again after a power cut. It is written in order, piece by piece. */
final class Disk {
    private HardState hardState = HardState.INITIAL;
    private final List<Entry> log = new ArrayList<>();
    private long baseIndex;
    private long baseTerm;
    private Optional<Snapshot> snapshot = Optional.empty();
    /** The snapshot that is being received, and how much of it is there. */
    private Optional<Snapshot> receiving = Optional.empty();

    private long receivedBytes;

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
        return baseIndex + log.size();
    }

    /** Whether this entry is here, or a snapshot that covers it. */
    boolean holds(long index, long term) {
        return index <= baseIndex || index <= lastIndex() && at(index).term() == term;
    }

    private Entry at(long index) {
        return log.get((int) (index - baseIndex - 1));
    }

    LogOutline outline() {
        List<TermStart> terms = new ArrayList<>();
        long term = baseTerm;
        if (baseIndex > 0) {
            terms.add(new TermStart(baseTerm, baseIndex));
        }
        for (Entry entry : log) {
            if (entry.term() != term) {
                term = entry.term();
                terms.add(new TermStart(term, entry.index()));
            }
        }
        long lastTimeMillis = log.isEmpty() ? 0 : log.get(log.size() - 1).timeMillis();
        List<Entry> configurations = log.stream()
                .filter(entry -> entry.kind() == Entry.Kind.CONFIGURATION)
                .toList();
        return new LogOutline(baseIndex + 1, lastIndex(), terms, lastTimeMillis, configurations, snapshot);
    }

    List<Entry> read(long firstIndex, int bytesMax) {
        List<Entry> read = new ArrayList<>();
        long bytes = 0;
        for (Entry entry : log.subList((int) (firstIndex - baseIndex - 1), log.size())) {
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
        if (ready.install().isPresent() && pieces < piecesMax) {
            install(ready.install().get());
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

    private void install(Snapshot received) {
        log.clear();
        snapshot = Optional.of(received);
        baseIndex = received.index();
        baseTerm = received.term();
    }

    /** A snapshot covers all entries before {@code firstKept}, which are dropped. */
    void compact(Snapshot taken, long firstKept) {
        snapshot = Optional.of(taken);
        baseTerm = firstKept - 1 == baseIndex ? baseTerm : at(firstKept - 1).term();
        log.subList(0, (int) (firstKept - 1 - baseIndex)).clear();
        baseIndex = firstKept - 1;
    }

    /** Puts a piece of a snapshot aside; tells how much of that snapshot is there now. */
    long receive(ChunkWrite write) {
        if (!receiving.equals(Optional.of(write.snapshot()))) {
            receiving = Optional.of(write.snapshot());
            receivedBytes = 0;
        }
        if (write.offset() == receivedBytes) {
            receivedBytes += write.bytes().length();
        }
        return receivedBytes;
    }

    /** Entries at or after the new one are superseded. */
    private void append(Entry entry) {
        log.subList((int) (entry.index() - baseIndex - 1), log.size()).clear();
        log.add(entry);
    }
}
