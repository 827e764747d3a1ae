package dev.outrigger.agent.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.session.Verdict.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
            assertTrue(seen.getOrDefault(kind, 0) > 1000, "rarely seen: " + seen);
        }
    }

    private void live(SplittableRandom random, String seed) {
        SessionLimits limits = new SessionLimits(random.nextInt(1, 200), random.nextInt(1, 8), random.nextInt(1, 8));
        SessionTable one = new SessionTable(limits);
        SessionTable other = new SessionTable(limits);
        PlainTable plain = new PlainTable(limits);
        long index = 0;
        for (int i = 0; i < 300; i++) {
            index += random.nextInt(1, 3);
            // Leaders' clocks: mostly on their way, at times far off.
            long time = i * 5L + (random.nextInt(40) == 0 ? random.nextInt(-500, 500) : random.nextInt(20));
            switch (random.nextInt(12)) {
                case 0 -> {
                    one.open(index, time);
                    other.open(index, time);
                    plain.open(index, time);
                }
                case 1 -> {
                    one.advance(index, time);
                    other.advance(index, time);
                    plain.advance(time);
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
                other = SessionTable.decode(other.encode());
            }
            assertEquals(one.digest(), other.digest(), seed);
            assertEquals(plain.size(), one.size(), seed);
        }
        assertArrayEquals(one.encode(), other.encode(), seed);
    }

    /** Mostly 0, the next number; else one of the past or beyond. */
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
            sessions.removeIf(session -> session.used + limits.timeToLiveMillis() <= now);
        }

        void open(long index, long time) {
            advance(time);
            if (sessions.size() == limits.sessionsMax()) {
                PlainSession longest = sessions.get(0);
                for (PlainSession session : sessions) {
                    longest = session.used < longest.used ? session : longest;
                }
                sessions.remove(longest);
            }
            PlainSession opened = new PlainSession(index);
            opened.used = now;
            sessions.add(opened);
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
                    .mapToLong(session -> session.indexes.size())
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
        private final List<Long> indexes = new ArrayList<>();
        private final List<Long> hashes = new ArrayList<>();
        private long used;

        PlainSession(long id) {
            this.id = id;
        }

        Verdict check(long sequence, long hash, long index, int remembered) {
            int last = indexes.size();
            if (sequence < 1 || sequence > last + 1) {
                return new Verdict(Kind.GAP, 0);
            }
            if (sequence == last + 1) {
                indexes.add(index);
                hashes.add(hash);
                return new Verdict(Kind.APPLY, 0);
            }
            if (sequence <= last - remembered) {
                return new Verdict(Kind.FORGOTTEN, 0);
            }
            int at = (int) sequence - 1;
            return new Verdict(hashes.get(at) == hash ? Kind.DUPLICATE : Kind.CONFLICT, indexes.get(at));
        }
    }
}
