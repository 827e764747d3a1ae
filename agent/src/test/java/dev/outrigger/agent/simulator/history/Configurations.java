package dev.outrigger.agent.simulator.history;

import java.util.Arrays;

/** A set of pairs (operations already ordered, value of the register), exact and flat in memory. */
final class Configurations {
    /** 32 MiB: a search that has failed in so many ways is not worth going on with. */
    private static final int WORDS_MAX = 1 << 22;

    private final int bitWords;
    private final int words;
    private long[] rows = new long[0];
    /** Open addressing: number of a row + 1, or 0. Its length is a power of two. */
    private int[] slots = new int[64];

    private int size;

    Configurations(int bitWords) {
        this.bitWords = bitWords;
        this.words = bitWords + 1;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean isFull() {
        return (long) (size + 1) * words > WORDS_MAX;
    }

    boolean contains(long[] bits, int state) {
        return slots[slot(bits, state)] != 0;
    }

    void add(long[] bits, int state) {
        int slot = slot(bits, state);
        if (slots[slot] != 0) {
            return;
        }
        if ((size + 1) * words > rows.length) {
            rows = Arrays.copyOf(rows, Math.max(64 * words, rows.length * 2));
        }
        System.arraycopy(bits, 0, rows, size * words, bitWords);
        rows[size * words + bitWords] = state;
        slots[slot] = ++size;
        if (size * 2 > slots.length) {
            spread();
        }
    }

    private void spread() {
        slots = new int[slots.length * 2];
        for (int row = 0; row < size; row++) {
            int slot = start(hash(rows, row * words, (int) rows[row * words + bitWords]));
            while (slots[slot] != 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = row + 1;
        }
    }

    /** Where the configuration is, or else the free slot for it. */
    private int slot(long[] bits, int state) {
        int slot = start(hash(bits, 0, state));
        while (slots[slot] != 0 && !isRow(slots[slot] - 1, bits, state)) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private boolean isRow(int row, long[] bits, int state) {
        int start = row * words;
        return rows[start + bitWords] == state && Arrays.equals(rows, start, start + bitWords, bits, 0, bitWords);
    }

    private long hash(long[] from, int start, int state) {
        long hash = state;
        for (int i = 0; i < bitWords; i++) {
            hash = (hash ^ from[start + i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return hash;
    }

    private int start(long hash) {
        return (int) (hash ^ hash >>> 17) & slots.length - 1;
    }
}
