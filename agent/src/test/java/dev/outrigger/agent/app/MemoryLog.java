package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log in memory. Confined to one event loop once a channel reads from it. */
final class MemoryLog implements CommittedLog {
    private final List<Entry> entries = new ArrayList<>();
    private long firstIndex = 1;
    private long deliverableIndex;
    int readsToFail;
    private Optional<RestorableSnapshot> snapshot = Optional.empty();

    /** What {@link #command} puts at an index. */
    static String textAt(long index) {
        return "command " + index;
    }

    MemoryLog command(long term) {
        return command(term, textAt(lastIndex() + 1));
    }

    MemoryLog command(long term, String text) {
        return append(term, Entry.Kind.COMMAND, Payload.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    MemoryLog commands(long term, int count) {
        for (int i = 0; i < count; i++) {
            command(term);
        }
        return this;
    }

    MemoryLog noop(long term) {
        return append(term, Entry.Kind.NOOP, Payload.EMPTY);
    }

    MemoryLog restore(long term, Payload part) {
        return append(term, Entry.Kind.RESTORE, part);
    }

    private MemoryLog append(long term, Entry.Kind kind, Payload data) {
        long index = lastIndex() + 1;
        entries.add(new Entry(index, term, kind, 1_764_000_000_000L + index, data));
        return this;
    }

    MemoryLog commit(long index) {
        deliverableIndex = Math.min(index, lastIndex());
        return this;
    }

    MemoryLog commitAll() {
        return commit(lastIndex());
    }

    /** As if a snapshot had replaced what comes before. */
    MemoryLog compact(long newFirstIndex) {
        firstIndex = newFirstIndex;
        return this;
    }

    MemoryLog snapshot(RestorableSnapshot latest) {
        snapshot = Optional.of(latest);
        return this;
    }

    @Override
    public Optional<RestorableSnapshot> snapshot() {
        return snapshot;
    }

    /** What the entries up to the snapshot make of them, also those that it has replaced. */
    @Override
    public Future<Payload> sessions(RestorableSnapshot latest) {
        Gate gate = new Gate();
        for (long index = 1; index <= latest.index(); index++) {
            gate.rule(
                    index <= lastIndex()
                            ? entries.get((int) index - 1)
                            : new Entry(index, latest.term(), Entry.Kind.NOOP, 0, Payload.EMPTY));
        }
        return Future.succeededFuture(Payload.of(gate.sessions().encode()));
    }

    MemoryLog truncateAfter(long index) {
        entries.subList((int) index, entries.size()).clear();
        return this;
    }

    List<Long> commandIndexes() {
        return entries.stream()
                .filter(entry -> entry.kind() == Entry.Kind.COMMAND)
                .map(Entry::index)
                .toList();
    }

    @Override
    public long firstIndex() {
        return firstIndex;
    }

    @Override
    public long deliverableIndex() {
        return deliverableIndex;
    }

    @Override
    public long lastIndex() {
        return entries.size();
    }

    @Override
    public long termAt(long index) {
        if (index < firstIndex) {
            throw new IllegalArgumentException("no term is known below " + firstIndex);
        }
        return entries.get((int) index - 1).term();
    }

    @Override
    public Future<List<Entry>> read(long from, int bytesMax) {
        if (from < firstIndex) {
            return Future.failedFuture("index " + from + " was dropped");
        }
        if (readsToFail > 0) {
            readsToFail--;
            return Future.failedFuture("the disk is gone");
        }
        List<Entry> read = new ArrayList<>();
        long bytes = 0;
        for (long index = from; index <= deliverableIndex; index++) {
            Entry entry = entries.get((int) index - 1);
            bytes += entry.sizeBytes();
            if (!read.isEmpty() && bytes > bytesMax) {
                break;
            }
            read.add(entry);
        }
        return Future.succeededFuture(read);
    }
}
