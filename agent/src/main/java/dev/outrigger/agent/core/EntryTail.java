package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Entry;
import java.util.ArrayList;
import java.util.List;

/** The newest entries of the log in memory, consecutive, as a ring that grows as needed. */
final class EntryTail {
    private Entry[] ring = new Entry[256];
    /** Bytes of all entries ever appended up to and including the one in the same slot. */
    private long[] bytesUpTo = new long[256];

    private long firstIndex;
    private long lastIndex;
    private long bytesBeforeFirst;
    private long bytesInAll;

    /** An empty tail behind a log that ends at {@code lastIndex}. */
    EntryTail(long lastIndex) {
        this.firstIndex = lastIndex + 1;
        this.lastIndex = lastIndex;
    }

    /** First index in memory; last index + 1 when nothing is. */
    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return lastIndex;
    }

    long bytes() {
        return bytesInAll - bytesBeforeFirst;
    }

    /** Bytes of the entries in memory after {@code index}. */
    long bytesAfter(long index) {
        if (index < firstIndex) {
            return bytes();
        }
        return index >= lastIndex ? 0 : bytesInAll - bytesUpTo[slot(index)];
    }

    Entry get(long index) {
        return ring[slot(index)];
    }

    void append(Entry entry) {
        if (lastIndex - firstIndex + 1 == ring.length) {
            grow();
        }
        lastIndex++;
        bytesInAll += entry.sizeBytes();
        ring[slot(lastIndex)] = entry;
        bytesUpTo[slot(lastIndex)] = bytesInAll;
    }

    /** Drops all from {@code index} on; {@code index} may lie before what is in memory. */
    @SuppressWarnings("NullAway") // empty slots of the ring
    void truncateFrom(long index) {
        while (lastIndex >= index && lastIndex >= firstIndex) {
            ring[slot(lastIndex)] = null;
            lastIndex--;
        }
        if (lastIndex < firstIndex) {
            lastIndex = Math.min(lastIndex, index - 1);
            firstIndex = lastIndex + 1;
            bytesInAll = bytesBeforeFirst;
        } else {
            bytesInAll = bytesUpTo[slot(lastIndex)];
        }
    }

    /** Drops the oldest while the bytes exceed {@code bytesMax}, but none after {@code lastEvictable}. */
    @SuppressWarnings("NullAway") // empty slots of the ring
    void evict(long bytesMax, long lastEvictable) {
        while (bytes() > bytesMax && firstIndex <= Math.min(lastEvictable, lastIndex)) {
            bytesBeforeFirst = bytesUpTo[slot(firstIndex)];
            ring[slot(firstIndex)] = null;
            firstIndex++;
        }
    }

    /** Drops all before {@code index}. */
    @SuppressWarnings("NullAway") // empty slots of the ring
    void dropBefore(long index) {
        while (firstIndex < index && firstIndex <= lastIndex) {
            bytesBeforeFirst = bytesUpTo[slot(firstIndex)];
            ring[slot(firstIndex)] = null;
            firstIndex++;
        }
    }

    /** Entries from {@code from}, which must be in memory, up to {@code to}; at least one, within the limits. */
    List<Entry> slice(long from, long to, int entriesMax, long bytesMax) {
        List<Entry> slice = new ArrayList<>();
        long bytes = 0;
        for (long index = from; index <= to && slice.size() < entriesMax; index++) {
            Entry entry = get(index);
            bytes += entry.sizeBytes();
            if (bytes > bytesMax && !slice.isEmpty()) {
                break;
            }
            slice.add(entry);
        }
        return slice;
    }

    private void grow() {
        Entry[] larger = new Entry[ring.length * 2];
        long[] largerBytes = new long[ring.length * 2];
        for (long index = firstIndex; index <= lastIndex; index++) {
            int to = (int) (index & (larger.length - 1));
            larger[to] = ring[slot(index)];
            largerBytes[to] = bytesUpTo[slot(index)];
        }
        ring = larger;
        bytesUpTo = largerBytes;
    }

    private int slot(long index) {
        return (int) (index & (ring.length - 1));
    }
}
