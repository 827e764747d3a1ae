package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The ring against a sorted map of what should be in it. */
class EntryTailTest {
    @Test
    void startsEmptyBehindTheLog() {
        EntryTail tail = new EntryTail(41);
        assertEquals(42, tail.firstIndex());
        assertEquals(41, tail.lastIndex());
        assertEquals(0, tail.bytes());
    }

    @Test
    void growsBeyondItsFirstSize() {
        EntryTail tail = new EntryTail(100);
        for (long index = 101; index <= 5000; index++) {
            tail.append(entry(index, 1));
        }
        assertEquals(101, tail.get(101).index());
        assertEquals(5000, tail.get(5000).index());
        assertEquals(4900L * (Entry.OVERHEAD_BYTES + 1), tail.bytes());
    }

    @Test
    void aSliceHasOneEntryEvenWhenThatIsTooLarge() {
        EntryTail tail = new EntryTail(0);
        tail.append(entry(1, 500));
        tail.append(entry(2, 500));
        assertEquals(List.of(tail.get(1)), tail.slice(1, 2, 10, 100));
    }

    @Test
    void behavesLikeAMap() {
        for (long seed = 0; seed < 60; seed++) {
            new Check(new Random(seed), "seed " + seed).run();
        }
    }

    private static Entry entry(long index, int bytes) {
        return new Entry(index, 1, Entry.Kind.COMMAND, 0, Payload.of(new byte[bytes]));
    }

    private static final class Check {
        final Random random;
        final String seed;
        final EntryTail tail;
        final TreeMap<Long, Entry> model = new TreeMap<>();
        long last;

        Check(Random random, String seed) {
            this.random = random;
            this.seed = seed;
            this.last = random.nextInt(1000);
            this.tail = new EntryTail(last);
        }

        void run() {
            for (int step = 0; step < 1000; step++) {
                switch (random.nextInt(20)) {
                    case 0 -> truncate(Math.max(1, last + 1 - random.nextInt(400)));
                    case 1 -> evict(random.nextInt(10_000), last - random.nextInt(10));
                    default -> append();
                }
                compare();
            }
        }

        void append() {
            last++;
            Entry entry = entry(last, random.nextInt(50));
            tail.append(entry);
            model.put(last, entry);
        }

        void truncate(long index) {
            tail.truncateFrom(index);
            model.tailMap(index, true).clear();
            last = Math.min(last, index - 1);
        }

        void evict(long bytesMax, long lastEvictable) {
            tail.evict(bytesMax, lastEvictable);
            while (modelBytes(0) > bytesMax && model.firstKey() <= lastEvictable) {
                model.pollFirstEntry();
            }
        }

        void compare() {
            assertEquals(last, tail.lastIndex(), seed);
            assertEquals(model.isEmpty() ? last + 1 : model.firstKey(), tail.firstIndex(), seed);
            assertEquals(modelBytes(0), tail.bytes(), seed);
            long index = last - random.nextInt(300);
            assertEquals(modelBytes(index), tail.bytesAfter(index), seed);
            if (!model.isEmpty()) {
                long from = tail.firstIndex() + random.nextInt(model.size());
                long to = from + random.nextInt((int) (last - from + 1));
                List<Entry> slice = tail.slice(from, to, 1 + random.nextInt(100), Long.MAX_VALUE);
                assertEquals(
                        model.subMap(from, true, from + slice.size() - 1, true).values().stream()
                                .toList(),
                        slice,
                        seed);
            }
        }

        long modelBytes(long after) {
            return model.tailMap(after, false).values().stream()
                    .mapToLong(Entry::sizeBytes)
                    .sum();
        }
    }
}
