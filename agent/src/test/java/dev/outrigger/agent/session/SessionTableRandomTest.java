package dev.outrigger.agent.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.session.Verdict.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Members that see the same entries have the same table, and it is the one that the rules, written plainly, give. */
class SessionTableRandomTest {
    private final Map<Kind, Integer> seen = new EnumMap<>(Kind.class);

    @Test
    void membersAgreeThroughSnapshotsAndWithThePlainRules() {
        for (int seed = 0; seed < 500; seed++) {
            live(new SplittableRandom(seed), "seed " + seed);
        }
        for (Kind kind : Kind.values()) {
            assertTrue(seen.getOrDefault(kind, 0) > 50, "rarely seen: " + seen);
        }
    }

    private void live(SplittableRandom random, String seed) {
        SessionLimits limits = new SessionLimits(random.nextInt(1, 8), random.nextInt(1, 8));
        int timeToLiveMax = random.nextInt(1, 200);
        SessionTable one = new SessionTable(limits);
        SessionTable other = new SessionTable(limits);
        PlainTable plain = new PlainTable(limits);
        long index = 0;
        for (int i = 0; i < 300; i++) {
            index += random.nextInt(1, 3);
            // Leaders' clocks: mostly on their way, at times far off.
            long time = i * 5L + (random.nextInt(40) == 0 ? random.nextInt(-500, 500) : random.nextInt(20));
            switch (random.nextInt(14)) {
                case 0 -> {
                    long timeToLive = random.nextInt(1, timeToLiveMax + 1);
                    one.open(timeToLive, index, time);
                    other.open(timeToLive, index, time);
                    plain.open(timeToLive, index, time);
                }
                case 1, 12, 13 -> {
                    long skipped = random.nextLong(Math.max(1, index - 6), index + 1);
                    if (random.nextBoolean()) {
                        one.skip(skipped, index, time);
                        other.skip(skipped, index, time);
                        plain.skip(skipped, time);
                    } else {
                        one.advance(index, time);
                        other.advance(index, time);
                        plain.advance(time);
                    }
                }
                case 2 -> {
                    long session = plain.anySession(random, index);
                    if (random.nextInt(4) == 0) {
                        boolean closed = plain.close(session, time);
                        assertEquals(closed, one.close(session, index, time), seed);
                        assertEquals(closed, other.close(session, index, time), seed);
                    } else {
                        one.advance(index, time);
                        other.advance(index, time);
                        plain.advance(time);
                    }
                }
                default -> {
                    long session = plain.anySession(random, index);
                    long sequence = Math.max(0, plain.last(session) + 1 - skewed(random));
                    long hash = random.nextInt(3) == 0 ? 1 : 0;
                    Verdict expected = plain.check(session, sequence, hash, index, time);
                    assertEquals(expected, one.check(session, sequence, hash, index, time), seed);
                    assertEquals(expected, other.check(session, sequence, hash, index, time), seed);
                    seen.merge(expected.kind(), 1, Integer::sum);
                }
            }
            if (random.nextInt(10) == 0) {
                other = random.nextBoolean() ? SessionTable.decode(other.encode()) : other.copy();
            }
            assertEquals(one.digest(), other.digest(), seed);
            assertEquals(plain.size(), one.size(), seed);
        }
        assertArrayEquals(one.encode(), other.encode(), seed);
    }

    /** Mostly 0, the next number; else one of the past, or one that leaves some out. */
    private static int skewed(SplittableRandom random) {
        return random.nextInt(3) > 0 ? 0 : random.nextInt(-2, 12);
    }

    /** The rules of {@link SessionTable} with lists, no bound on memory and no thought of speed. */
    private static final class PlainTable {
        private final SessionLimits limits;
        private final List<PlainSession> sessions = new ArrayList<>();
        private long now;

        PlainTable(SessionLimits limits) {
            this.limits = limits;
        }

        void advance(long time) {
            now = Math.max(now, time);
            sessions.removeIf(session -> session.used + session.timeToLive <= now);
        }

        void open(long timeToLive, long index, long time) {
            advance(time);
            if (sessions.size() == limits.sessionsMax()) {
                PlainSession longest = sessions.get(0);
                for (PlainSession session : sessions) {
                    longest = session.used < longest.used ? session : longest;
                }
                sessions.remove(longest);
            }
            PlainSession opened = new PlainSession(index, timeToLive);
            opened.used = now;
            sessions.add(opened);
        }

        void skip(long index, long time) {
            advance(time);
            sessions.forEach(session -> session.skip(index));
        }

        boolean close(long id, long time) {
            advance(time);
            return sessions.removeIf(session -> session.id == id);
        }

        Verdict check(long id, long sequence, long hash, long index, long time) {
            advance(time);
            for (PlainSession session : sessions) {
                if (session.id == id) {
                    session.used = now;
                    return session.check(sequence, hash, index, limits.rememberedMax());
                }
            }
            return new Verdict(Kind.EXPIRED, 0);
        }

        int size() {
            return sessions.size();
        }

        long last(long id) {
            return sessions.stream()
                    .filter(session -> session.id == id)
                    .mapToLong(session -> session.last)
                    .findFirst()
                    .orElse(0);
        }

        long anySession(SplittableRandom random, long index) {
            return sessions.isEmpty() || random.nextInt(20) == 0
                    ? random.nextLong(index)
                    : sessions.get(random.nextInt(sessions.size())).id;
        }
    }

    private static final class PlainSession {
        private final long id;
        private final long timeToLive;
        private final Map<Long, Long> indexes = new HashMap<>();
        private final Map<Long, Long> hashes = new HashMap<>();
        private final Set<Long> skipped = new HashSet<>();
        private long last;
        private long used;

        PlainSession(long id, long timeToLive) {
            this.id = id;
            this.timeToLive = timeToLive;
        }

        void skip(long index) {
            skipped.add(index);
        }

        Verdict check(long sequence, long hash, long index, int remembered) {
            if (sequence < 1 || sequence <= last - remembered) {
                return new Verdict(Kind.FORGOTTEN, 0);
            }
            Long first = indexes.get(sequence);
            if (first != null) {
                Kind same = skipped.contains(first) ? Kind.SKIPPED : Kind.DUPLICATE;
                return new Verdict(Long.valueOf(hash).equals(hashes.get(sequence)) ? same : Kind.CONFLICT, first);
            }
            indexes.put(sequence, index);
            hashes.put(sequence, hash);
            last = Math.max(last, sequence);
            return new Verdict(Kind.APPLY, 0);
        }
    }
}
