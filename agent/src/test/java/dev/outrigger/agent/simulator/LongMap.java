package dev.outrigger.agent.simulator;

import java.util.Arrays;

/** From pairs of small numbers to numbers other than 0, without objects: open addressing. */
final class LongMap {
    private long[] keys = new long[1024];
    private long[] values = new long[1024];
    private int size;

    /** What is there for this pair; 0 when nothing is. */
    long get(long high, long low) {
        return values[slot(key(high, low), keys, values)];
    }

    /** Puts {@code value}, not 0, unless something is there already; answers what is there then. */
    long putIfAbsent(long high, long low, long value) {
        long key = key(high, low);
        int slot = slot(key, keys, values);
        if (values[slot] == 0) {
            keys[slot] = key;
            values[slot] = value;
            size++;
            if (2 * size > keys.length) {
                grow();
            }
        } else {
            return values[slot];
        }
        return value;
    }

    private static long key(long high, long low) {
        return high << 32 | low;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[2 * oldKeys.length];
        values = new long[2 * oldKeys.length];
        Arrays.fill(keys, 0);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != 0) {
                int slot = slot(oldKeys[i], keys, values);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private static int slot(long key, long[] keys, long[] values) {
        int mask = keys.length - 1;
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 40) & mask;
        while (values[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
