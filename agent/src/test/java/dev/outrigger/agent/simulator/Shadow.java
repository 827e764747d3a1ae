package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What one disk certainly holds, as far as its forces have returned: kept beside the disk, and for ever. */
final class Shadow {
    final String storageId;
    /** Term of the durable entry at each index above {@link #floor}. */
    private long[] terms = new long[256];

    long last;
    /** Everything up to here is covered by a snapshot, and committed. */
    long floor;

    HardState hardState = new HardState(0, Optional.empty());
    /** A configuration that it has seen names this very disk: before that it has no vote, whatever its name. */
    boolean named;
    /** Lost acknowledged data, or was thrown away. */
    boolean lost;

    /** Entries that were on their way to the disk when the process ended: nobody knows until the next start. */
    private List<Entry> doubtful = List.of();

    Shadow(String storageId) {
        this.storageId = storageId;
    }

    void put(long index, long term) {
        if (index >= terms.length) {
            terms = Arrays.copyOf(terms, (int) Math.max(2L * terms.length, index + 1));
        }
        terms[(int) index] = term;
        last = index;
    }

    long termAt(long index) {
        return terms[(int) index];
    }

    /** Whether the entry at {@code index} is there; everything that a snapshot covers is taken to be. */
    boolean holds(long index, long term) {
        return index <= floor || index <= last && terms[(int) index] == term;
    }

    void doubt(List<Entry> entries) {
        doubtful = entries;
    }

    /** Whether the entry may turn up at the next start, though no force of it has returned. */
    boolean mayHold(long index, long term) {
        for (Entry entry : doubtful) {
            if (entry.index() == index && entry.term() == term) {
                return true;
            }
        }
        return false;
    }

    void cover(long index, long term) {
        boolean keeps = index <= last && index > floor && index < terms.length && terms[(int) index] == term;
        if (!keeps && index > floor) {
            last = index;
        }
        floor = Math.max(floor, index);
    }
}
