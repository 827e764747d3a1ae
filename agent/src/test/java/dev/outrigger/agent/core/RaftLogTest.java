package dev.outrigger.agent.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The log's view of its own durability against a disk that is written for real. */
class RaftLogTest {
    private static final Configuration FORMED = Configuration.of(List.of(new MemberId("a")));

    @Test
    void refusesAGap() {
        RaftLog log = new RaftLog(LogOutline.EMPTY, FORMED);
        assertThrows(InvariantViolation.class, () -> log.append(entry(2, 1)));
    }

    @Test
    void matchesAtTheStartOfTheLogAndNowhereBeyondItsEnd() {
        RaftLog log = new RaftLog(LogOutline.EMPTY, FORMED);
        assertTrue(log.matches(0, 0));
        assertFalse(log.matches(1, 1));
        log.append(entry(1, 1));
        assertTrue(log.matches(1, 1));
        assertFalse(log.matches(2, 1));
    }

    @Test
    void timeNeverGoesBackEvenWhenItsEntryDoes() {
        RaftLog log = new RaftLog(LogOutline.EMPTY, FORMED);
        log.append(new Entry(1, 1, Entry.Kind.COMMAND, 500, Payload.EMPTY));
        log.truncateFrom(1);
        assertEquals(500, log.lastTimeMillis());
    }

    @Test
    void neverClaimsToBeDurableWhatTheDiskDoesNotHold() {
        for (long seed = 0; seed < 500; seed++) {
            new Check(new Random(seed), "seed " + seed).run();
        }
    }

    private static Entry entry(long index, long term) {
        return new Entry(index, term, Entry.Kind.COMMAND, 0, Payload.EMPTY);
    }

    /** Appends, replaces and writes at random; writes reach the disk in order, and some time later. */
    private static final class Check {
        final Random random;
        final String seed;
        final RaftLog log = new RaftLog(LogOutline.EMPTY, FORMED);
        final List<Entry> model = new ArrayList<>();
        final List<Entry> disk = new ArrayList<>();
        final Deque<List<Entry>> writing = new ArrayDeque<>();
        long term = 1;
        long taken;
        long persisted;

        Check(Random random, String seed) {
            this.random = random;
            this.seed = seed;
        }

        void run() {
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> append();
                    case 2 -> replace();
                    case 3, 4 -> take();
                    default -> persist();
                }
                compare();
            }
            take();
            while (!writing.isEmpty()) {
                persist();
            }
            assertEquals(model.size(), log.durableIndex(), seed);
        }

        void append() {
            Entry entry = entry(model.size() + 1, term);
            log.append(entry);
            model.add(entry);
        }

        /** A new leader's entries take the place of the last few. */
        void replace() {
            int index = model.size() + 1 - random.nextInt(Math.min(4, model.size() + 1));
            term++;
            log.truncateFrom(index);
            model.subList(index - 1, model.size()).clear();
            append();
        }

        void take() {
            writing.add(log.takeUnwritten(++taken));
        }

        void persist() {
            if (!writing.isEmpty()) {
                for (Entry entry : writing.removeFirst()) {
                    disk.subList((int) entry.index() - 1, disk.size()).clear();
                    disk.add(entry);
                }
                log.persisted(++persisted);
            }
        }

        void compare() {
            assertEquals(model.size(), log.lastIndex(), seed);
            int same = 0;
            while (same < Math.min(model.size(), disk.size()) && model.get(same).equals(disk.get(same))) {
                same++;
            }
            assertTrue(log.durableIndex() <= same, () -> "claims " + log.durableIndex() + ", " + seed);
            if (writing.isEmpty() && !log.hasUnwritten()) {
                assertEquals(model.size(), log.durableIndex(), seed);
            }
        }
    }
}
