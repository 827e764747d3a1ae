package dev.outrigger.agent.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.Verdict.Kind;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private static final long BODY = 1;
    private static final long OTHER_BODY = 2;
    private static final long TTL = 1000;

    private final SessionTable table = new SessionTable(new SessionLimits(3, 4));
    private long index;

    @Nested
    class Numbers {
        private final long session = open(0);

        @Test
        void areAppliedOneAfterTheOther() {
            assertEquals(Verdict.APPLY, check(session, 1, 0));
            assertEquals(Verdict.APPLY, check(session, 2, 0));
            assertEquals(OptionalLong.of(2), table.lastSequence(session));
        }

        @Test
        void thatComeAgainAreDuplicatesOfTheFirst() {
            check(session, 1, 0);
            long first = index;
            check(session, 2, 0);
            assertEquals(new Verdict(Kind.DUPLICATE, first), check(session, 1, 0));
            assertEquals(new Verdict(Kind.DUPLICATE, first), check(session, 1, 0));
            assertEquals(new Verdict(Kind.DUPLICATE, first), table.look(session, 1));
        }

        @Test
        void withAnotherBodyAreAConflictAndChangeNothing() {
            check(session, 1, 0);
            long first = index;
            assertEquals(new Verdict(Kind.CONFLICT, first), table.check(session, 1, OTHER_BODY, ++index, 0));
            assertEquals(new Verdict(Kind.DUPLICATE, first), check(session, 1, 0));
        }

        @Test
        void thatAllPassedOverStaySoInSnapshots() {
            check(session, 1, 0);
            long first = index;
            long before = table.digest();
            table.skip(first, ++index, 0);
            assertNotEquals(before, table.digest());
            SessionTable again = SessionTable.decode(table.encode());
            assertEquals(table.digest(), again.digest());
            assertEquals(new Verdict(Kind.SKIPPED, first), again.look(session, 1));
            check(session, 5, 0);
            assertEquals(Verdict.FORGOTTEN, check(session, 1, 0), "out of the window");
        }

        @Test
        void mayComeInAnyOrder() {
            check(session, 1, 0);
            assertEquals(Verdict.APPLY, check(session, 4, 0));
            long fourth = index;
            assertEquals(Verdict.APPLY, table.look(session, 3), "left open");
            assertEquals(Verdict.APPLY, check(session, 3, 0));
            long third = index;
            assertEquals(Verdict.APPLY, check(session, 2, 0));
            assertEquals(new Verdict(Kind.DUPLICATE, third), check(session, 3, 0));
            assertEquals(new Verdict(Kind.DUPLICATE, fourth), check(session, 4, 0));
            assertEquals(OptionalLong.of(4), table.lastSequence(session));
        }

        /** One that was refused elsewhere and is never sent again must not block the others. */
        @Test
        void mayBeLeftOutForEver() {
            for (int sequence = 1; sequence <= 100; sequence += 3) {
                assertEquals(Verdict.APPLY, check(session, sequence, 0));
            }
            assertEquals(Verdict.APPLY, check(session, 99, 0), "in the window, and open");
            assertEquals(Verdict.FORGOTTEN, check(session, 96, 0));
        }

        @Test
        void farAheadMoveTheWindow() {
            check(session, 1, 0);
            assertEquals(Verdict.APPLY, check(session, 1000, 0));
            assertEquals(Verdict.FORGOTTEN, check(session, 1, 0));
            assertEquals(Verdict.FORGOTTEN, check(session, 996, 0));
            assertEquals(Verdict.APPLY, check(session, 997, 0));
            assertEquals(Kind.DUPLICATE, check(session, 1000, 0).kind());
            assertEquals(Verdict.APPLY, check(session, Long.MAX_VALUE, 0));
            assertEquals(Kind.DUPLICATE, check(session, Long.MAX_VALUE, 0).kind());
            assertEquals(Verdict.FORGOTTEN, check(session, 1000, 0));
            assertEquals(Verdict.APPLY, check(session, Long.MAX_VALUE - 3, 0));
        }

        @Test
        void thatAreNoneAreRefused() {
            for (long none : new long[] {0, -1, Long.MIN_VALUE}) {
                assertEquals(Verdict.FORGOTTEN, check(session, none, 0));
            }
            assertEquals(Verdict.APPLY, check(session, 1, 0));
        }

        @Test
        void longPastAreForgotten() {
            for (int sequence = 1; sequence <= 6; sequence++) {
                check(session, sequence, 0);
            }
            assertEquals(Verdict.FORGOTTEN, check(session, 1, 0));
            assertEquals(Verdict.FORGOTTEN, table.check(session, 2, OTHER_BODY, ++index, 0));
            assertEquals(Kind.DUPLICATE, check(session, 3, 0).kind());
            assertEquals(Kind.CONFLICT, table.look(session, 3, OTHER_BODY).kind());
            assertEquals(Kind.DUPLICATE, check(session, 6, 0).kind());
            assertEquals(Verdict.APPLY, check(session, 7, 0));
            assertEquals(Verdict.FORGOTTEN, check(session, 3, 0));
        }

        @Test
        void ofOneSessionSayNothingOfAnother() {
            long other = open(0);
            check(session, 1, 0);
            assertEquals(Verdict.APPLY, check(other, 1, 0));
        }
    }

    @Nested
    class Sessions {
        @Test
        void haveTheIndexOfTheirEntryAsId() {
            table.advance(41, 0);
            assertEquals(42, table.open(TTL, 42, 0));
        }

        @Test
        void neverOpenedAreExpired() {
            assertEquals(Verdict.EXPIRED, check(77, 1, 0));
            assertEquals(Verdict.EXPIRED, table.look(-1, 1));
            assertEquals(OptionalLong.empty(), table.lastSequence(77));
        }

        @Test
        void areClosedOnce() {
            long session = open(0);
            check(session, 1, 0);
            assertTrue(table.close(session, ++index, 0));
            assertFalse(table.close(session, ++index, 0));
            assertEquals(Verdict.EXPIRED, check(session, 1, 0), "never a second application");
            assertEquals(0, table.size());
        }

        @Test
        void endWhenTheTimeToLiveHasPassedInTheLog() {
            long session = open(5000);
            check(session, 1, 5999);
            assertEquals(Kind.DUPLICATE, check(session, 1, 6998).kind());
            assertEquals(Kind.DUPLICATE, check(session, 1, 7997).kind(), "each use prolongs it");
            assertEquals(Verdict.EXPIRED, check(session, 1, 8997));
            assertEquals(Verdict.EXPIRED, check(session, 2, 8997));
        }

        @Test
        void areProlongedByRefusedCommandsToo() {
            long session = open(0);
            check(session, -1, 900);
            assertEquals(Verdict.APPLY, check(session, 1, 1800));
        }

        /** Members with different settings agree: the entry that opens a session says how long it lives. */
        @Test
        void liveAsLongAsTheirEntrySays() {
            long brief = table.open(10, ++index, 0);
            long eternal = table.open(Long.MAX_VALUE, ++index, 1);
            long usual = open(1);
            table.advance(++index, 10);
            assertEquals(Verdict.EXPIRED, table.look(brief, 1));
            assertEquals(Verdict.APPLY, table.look(usual, 1));
            table.advance(++index, 1001);
            assertEquals(Verdict.EXPIRED, table.look(usual, 1));
            table.advance(++index, Long.MAX_VALUE);
            assertEquals(Verdict.APPLY, table.look(eternal, 1));
        }

        @Test
        void endByEntriesThatHaveNothingToDoWithThem() {
            open(0);
            table.advance(++index, 999);
            assertEquals(1, table.size());
            table.advance(++index, 1000);
            assertEquals(0, table.size());
        }

        /** The leader's clock jumps an hour ahead, and the next leader's is an hour behind. */
        @Test
        void liveByATimeThatNeverGoesBack() {
            table.advance(++index, 3_600_000);
            long session = open(0);
            assertEquals(3_600_000, table.agreedMillis());
            assertEquals(Verdict.APPLY, check(session, 1, 3_600_999));
            assertEquals(Verdict.APPLY, check(session, 2, 5));
            assertEquals(3_600_999, table.agreedMillis());
            assertEquals(Verdict.APPLY, check(session, 3, 3_601_998));
            assertEquals(Verdict.EXPIRED, check(session, 4, 3_602_998));
        }

        @Test
        void thatWereUsedLongestAgoMakeRoom() {
            long one = open(0);
            long two = open(1);
            long three = open(2);
            check(one, 1, 3);
            long four = open(4);
            assertEquals(Verdict.EXPIRED, table.look(two, 1));
            assertEquals(Kind.DUPLICATE, table.look(one, 1).kind());
            assertEquals(Verdict.APPLY, table.look(three, 1));
            assertEquals(Verdict.APPLY, table.look(four, 1));
        }

        @Test
        void thatWereUsedAtTheSameTimeMakeRoomByLowestId() {
            long one = open(7);
            long two = open(7);
            long three = open(7);
            check(one, 1, 7);
            open(7);
            assertEquals(Verdict.EXPIRED, table.look(one, 1), "though it was used by a later entry");
            open(7);
            assertEquals(Verdict.EXPIRED, table.look(two, 1));
            assertEquals(Verdict.APPLY, table.look(three, 1));
        }

        @Test
        void thatHaveOutlivedTheirTimeMakeRoomFirst() {
            open(0);
            long two = open(900);
            long three = open(900);
            open(1000);
            assertEquals(Verdict.APPLY, table.look(two, 1));
            assertEquals(Verdict.APPLY, table.look(three, 1));
        }

        @Test
        void areBounded() {
            SessionTable large = new SessionTable(new SessionLimits(1000, 1));
            for (int i = 1; i <= 100_000; i++) {
                large.open(Long.MAX_VALUE, i, i);
            }
            assertEquals(1000, large.size());
            assertEquals(29 + 36 * 1000, large.encode().length);
            assertEquals(Verdict.EXPIRED, large.look(99_000, 1));
            assertEquals(Verdict.APPLY, large.look(99_001, 1));
        }
    }

    @Test
    void aCopyGoesItsOwnWay() {
        long session = open(0);
        check(session, 2, 0);
        byte[] before = table.encode();
        SessionTable copy = table.copy();
        assertEquals(table.digest(), copy.digest());
        check(session, 1, 0);
        check(session, 4, 500);
        open(600);
        assertArrayEquals(before, copy.encode());
        assertEquals(Verdict.APPLY, copy.check(session, 1, OTHER_BODY, index, 700));
        assertEquals(new Verdict(Kind.DUPLICATE, 3), table.look(session, 1));
    }

    @Test
    void entriesComeInOrder() {
        table.advance(5, 0);
        assertThrows(IllegalArgumentException.class, () -> table.advance(5, 0));
        assertThrows(IllegalArgumentException.class, () -> table.open(TTL, 4, 0));
        assertThrows(IllegalArgumentException.class, () -> table.open(0, 6, 0));
    }

    @Test
    void limitsThatCannotBeKeptAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SessionLimits(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new SessionLimits(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new SessionLimits(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Test
    void bodyHashTellsBodiesApart() {
        long hash = SessionTable.bodyHash(Payload.of(new byte[] {1, 2}));
        assertEquals(hash, SessionTable.bodyHash(Payload.of(new byte[] {1, 2})));
        assertNotEquals(hash, SessionTable.bodyHash(Payload.of(new byte[] {1, 3})));
        assertNotEquals(SessionTable.bodyHash(Payload.EMPTY), SessionTable.bodyHash(Payload.of(new byte[1])));
    }

    @Test
    void digestTellsApartWhatDiffersInOneThing() {
        SessionLimits limits = new SessionLimits(3, 4);
        SessionTable other = new SessionTable(limits);
        table.open(TTL, 1, 0);
        other.open(TTL, 1, 0);
        assertEquals(table.digest(), other.digest());
        table.check(1, 1, BODY, 2, 0);
        other.check(1, 1, OTHER_BODY, 2, 0);
        assertNotEquals(table.digest(), other.digest(), "body");
        assertNotEquals(new SessionTable(limits).digest(), new SessionTable(new SessionLimits(3, 5)).digest());
        SessionTable brief = new SessionTable(limits);
        brief.open(TTL - 1, 1, 0);
        SessionTable usual = new SessionTable(limits);
        usual.open(TTL, 1, 0);
        assertNotEquals(brief.digest(), usual.digest(), "time to live");
        SessionTable late = new SessionTable(limits);
        late.advance(1, 0);
        SessionTable early = new SessionTable(limits);
        early.advance(1, 1);
        assertNotEquals(late.digest(), early.digest(), "time");
    }

    @Nested
    class Encoded {
        @Test
        void isReadBackAsTheSame() {
            fill();
            SessionTable again = SessionTable.decode(table.encode());
            assertEquals(table.digest(), again.digest());
            assertEquals(table.limits(), again.limits());
            assertArrayEquals(table.encode(), again.encode());
        }

        @Test
        void hasAFixedForm() {
            SessionTable one = new SessionTable(new SessionLimits(2, 3));
            one.open(9, 1, 5);
            one.check(1, 1, 6, 3, 7);
            one.check(1, 4, -1, 4, 7);
            one.check(1, 2, 8, 5, 7);
            String expected = "01" + "00000002" + "00000003" + "0000000000000005" + "0000000000000007" + "00000001"
                    + "0000000000000001" + "0000000000000009" + "0000000000000007" + "0000000000000004" + "00000002"
                    + "00000002" + "0000000000000005" + "0000000000000008"
                    + "00000000" + "0000000000000004" + "ffffffffffffffff";
            assertEquals(expected, HexFormat.of().formatHex(one.encode()));
        }

        @Test
        void isRefusedWhenCutOrExtended() {
            fill();
            byte[] encoded = table.encode();
            for (int length = 0; length < encoded.length; length++) {
                byte[] cut = Arrays.copyOf(encoded, length);
                assertThrows(IllegalArgumentException.class, () -> SessionTable.decode(cut));
            }
            byte[] longer = Arrays.copyOf(encoded, encoded.length + 1);
            assertThrows(IllegalArgumentException.class, () -> SessionTable.decode(longer));
        }

        @Test
        void isRefusedInAnotherVersion() {
            byte[] encoded = table.encode();
            encoded[0] = 2;
            Throwable refused = assertThrows(IllegalArgumentException.class, () -> SessionTable.decode(encoded));
            assertTrue(refused.toString().contains("version 2"), refused.toString());
        }

        @Test
        void isReadAsItselfOrRefusedWhenDamaged() {
            fill();
            byte[] encoded = table.encode();
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 5_000; i++) {
                byte[] damaged = encoded.clone();
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                SessionTable read;
                try {
                    read = SessionTable.decode(damaged);
                } catch (IllegalArgumentException refused) {
                    continue;
                }
                assertArrayEquals(damaged, read.encode());
            }
        }

        private void fill() {
            long one = open(10);
            long two = open(20);
            for (int sequence = 1; sequence <= 6; sequence++) {
                check(one, sequence, 30);
            }
            check(two, 4, 40);
            check(two, 2, 40);
            open(50);
        }
    }

    private long open(long timeMillis) {
        return table.open(TTL, ++index, timeMillis);
    }

    private Verdict check(long session, long sequence, long timeMillis) {
        return table.check(session, sequence, BODY, ++index, timeMillis);
    }
}
