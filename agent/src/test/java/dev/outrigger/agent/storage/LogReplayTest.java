package dev.outrigger.agent.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogReplayTest {
    private final LogReplay replay = new LogReplay(0);
    private long nextSequence = 1;

    @Test
    void emptyLogHasNothing() {
        assertEquals(LogOutline.EMPTY, replay.outline());
        assertEquals(0, replay.lastIndex());
        assertThrows(IllegalArgumentException.class, () -> replay.position(1));
    }

    @Test
    void entriesFollowEachOther() {
        header();
        entry(1, 1, 11);
        entry(2, 1, 12);
        entry(3, 4, 13);
        assertEquals(new LogOutline(1, 3, List.of(new TermStart(1, 1), new TermStart(4, 3)), 3000), replay.outline());
        assertEquals(12, replay.position(2));
    }

    @Test
    void laterRecordSupersedesTheEntryAndDropsWhatFollowed() {
        header();
        entry(1, 1, 11);
        entry(2, 1, 12);
        entry(3, 2, 13);
        entry(2, 3, 14);
        assertEquals(new LogOutline(1, 2, List.of(new TermStart(1, 1), new TermStart(3, 2)), 2000), replay.outline());
        assertEquals(14, replay.position(2));
        assertFalse(replay.isLive(2, 12));
        assertFalse(replay.isLive(3, 13));
        assertTrue(replay.isLive(1, 11));
    }

    @Test
    void wholeLogCanBeSuperseded() {
        header();
        entry(1, 1, 11);
        entry(2, 1, 12);
        entry(1, 2, 13);
        assertEquals(new LogOutline(1, 1, List.of(new TermStart(2, 1)), 1000), replay.outline());
    }

    @Test
    void gapInTheIndexesIsDamage() {
        header();
        entry(1, 1, 11);
        assertDamage(record(3, 1, nextSequence), "entry 3 follows entry 1");
        assertDamage(record(0, 1, nextSequence), "entry 0 follows entry 1");
    }

    @Test
    void missingOrRepeatedRecordIsDamage() {
        header();
        entry(1, 1, 11);
        assertDamage(record(2, 1, nextSequence + 1), "record 4 follows record 2");
        assertDamage(record(2, 1, nextSequence - 1), "record 2 follows record 2");
    }

    @Test
    void termThatGoesBackIsDamage() {
        header();
        entry(1, 2, 11);
        assertDamage(record(2, 1, nextSequence), "entry 2 is of term 1, the one before it of term 2");
    }

    @Test
    void firstRecordOfAllIsASegmentHeaderOfAnEmptyLog() {
        assertDamage(record(1, 1, 1), "before any segment header");
        assertDamage(
                new LogRecord(LogRecord.SEGMENT_HEADER, 1, 0, 1, 6, 0, Payload.EMPTY), "expects index 6 in term 1");
    }

    @Test
    void segmentHeaderKnowsHowTheLogEnded() {
        header();
        entry(1, 1, 11);
        entry(2, 1, 12);
        assertDamage(
                new LogRecord(LogRecord.SEGMENT_HEADER, nextSequence, 0, 1, 1, 0, Payload.EMPTY),
                "expects index 1 in term 1, but the log ends at index 2");
        header();
        entry(3, 1, 13);
        assertEquals(3, replay.lastIndex());
    }

    @Test
    void recordCannotKnowMoreToBeDurableThanWasBeforeItNorLessThanTheOneBefore() {
        header();
        replay.accept(new LogRecord(2, 2, 1, 1, 1, 0, Payload.EMPTY), 1);
        assertDamage(new LogRecord(2, 3, 3, 1, 2, 0, Payload.EMPTY), "up to 3 to be durable");
        assertDamage(new LogRecord(2, 3, 0, 1, 2, 0, Payload.EMPTY), "up to 0 to be durable");
        assertEquals(1, replay.durableSequence());
    }

    @Test
    void logThatWasWrittenAnewGoesOnWithItsNumbers() {
        LogReplay rewritten = new LogReplay(70);
        rewritten.accept(LogRecord.segmentHeader(rewritten, 70), 1);
        assertEquals(71, rewritten.lastSequence());
        LogReplay read = new LogReplay(0);
        read.accept(LogRecord.segmentHeader(new LogReplay(70), 70), 1);
        assertEquals(71, read.lastSequence());
    }

    @Test
    void logWhoseFirstSegmentsWereDroppedBeginsBehindTheEntryThatItsHeaderNames() {
        replay.accept(new LogRecord(LogRecord.SEGMENT_HEADER, 77, 76, 3, 60, 60_000, Payload.EMPTY), 0);
        nextSequence = 78;
        assertEquals(new LogOutline(61, 60, List.of(new TermStart(3, 60)), 60_000), replay.outline());
        assertDamage(durable(60, 3), "entry 60 follows entry 60");
        assertDamage(durable(61, 2), "entry 61 is of term 2, the one before it of term 3");
        accept(durable(61, 3), 5);
        accept(durable(62, 4), 6);
        accept(durable(61, 5), 7);
        assertEquals(
                new LogOutline(61, 61, List.of(new TermStart(3, 60), new TermStart(5, 61)), 61_000), replay.outline());
        assertEquals(7, replay.position(61));
        assertThrows(IllegalArgumentException.class, () -> replay.position(60));
    }

    @Test
    void laterSegmentHeaderMayNotLeaveEntriesOut() {
        header();
        assertDamage(
                new LogRecord(LogRecord.SEGMENT_HEADER, nextSequence, 0, 3, 60, 0, Payload.EMPTY), "expects index 60");
    }

    @Test
    void baseKeepsWhatFollowsAnEntryOfItsTerm() {
        header();
        for (long index = 1; index <= 9; index++) {
            entry(index, index < 4 ? 1 : 2, 10 + index);
        }
        base(6, 2);
        assertEquals(new LogOutline(7, 9, List.of(new TermStart(2, 6)), 9000), replay.outline());
        for (long index = 7; index <= 9; index++) {
            assertEquals(10 + index, replay.position(index));
        }
        assertFalse(replay.isLive(6, 16));
        header();
        entry(10, 3, 20);
        base(10, 3);
        assertEquals(new LogOutline(11, 10, List.of(new TermStart(3, 10)), 10_000), replay.outline());
    }

    @Test
    void baseEmptiesALogThatDoesNotHoldItsEntry() {
        header();
        entry(1, 1, 11);
        entry(2, 1, 12);
        base(2, 2);
        assertEquals(new LogOutline(3, 2, List.of(new TermStart(2, 2)), 2000), replay.outline());
        base(500, 4);
        assertEquals(new LogOutline(501, 500, List.of(new TermStart(4, 500)), 500_000), replay.outline());
        header();
        entry(501, 4, 13);
        assertEquals(13, replay.position(501));
    }

    @Test
    void baseMayComeAgainButNotGoBack() {
        header();
        base(5, 2);
        base(5, 2);
        assertDamage(
                LogRecord.base(snapshot(4, 2), nextSequence, 0), "index 4 in term 2 follows one at index 5 in term 2");
        assertDamage(
                LogRecord.base(snapshot(5, 3), nextSequence, 0), "index 5 in term 3 follows one at index 5 in term 2");
    }

    @Test
    void logBeginsWhereADroppedEntryWas() {
        header();
        for (long index = 1; index <= 9; index++) {
            entry(index, index < 4 ? 1 : 2, 10 + index);
        }
        replay.dropUpTo(3, 3000);
        assertEquals(new LogOutline(4, 9, List.of(new TermStart(1, 3), new TermStart(2, 4)), 9000), replay.outline());
        LogReplay emptied = replay.emptied();
        assertEquals(new LogOutline(4, 3, List.of(new TermStart(1, 3)), 3000), emptied.outline());
        assertEquals(replay.lastSequence(), emptied.lastSequence());
    }

    @Test
    void configurationsAreKeptAsLongAsTheyAreInTheLog() {
        header();
        Entry first = configuration(1, 1);
        Entry second = configuration(3, 1);
        Entry third = configuration(4, 2);
        accept(LogRecord.of(first, nextSequence, 0), 11);
        entry(2, 1, 12);
        accept(LogRecord.of(second, nextSequence, 0), 13);
        assertEquals(List.of(first, second), replay.outline().configurations());
        entry(3, 2, 14);
        accept(LogRecord.of(third, nextSequence, 0), 15);
        assertEquals(List.of(first, third), replay.outline().configurations());
        base(1, 1);
        assertEquals(List.of(third), replay.outline().configurations());
        base(9, 5);
        assertEquals(List.of(), replay.outline().configurations());
    }

    @Test
    void decisionsToSkipAreKeptAsLongAsTheyAreInTheLog() {
        header();
        Entry first = new Entry(1, 1, Entry.Kind.SKIP, 1000, Payload.EMPTY);
        Entry second = new Entry(3, 2, Entry.Kind.SKIP, 3000, Payload.EMPTY);
        accept(LogRecord.of(first, nextSequence, 0), 11);
        entry(2, 1, 12);
        accept(LogRecord.of(second, nextSequence, 0), 13);
        assertEquals(List.of(first, second), replay.outline().skips());
        assertEquals(List.of(), replay.outline().configurations());
        entry(3, 3, 14);
        assertEquals(List.of(first), replay.outline().skips());
        base(1, 1);
        assertEquals(List.of(), replay.outline().skips());
    }

    @Test
    void snapshotIsInForceOnlyWhenTheLogFollowsFromIt() {
        header();
        base(5, 2);
        entry(6, 3, 11);
        assertTrue(replay.holdsEndOf(snapshot(5, 2)));
        assertTrue(replay.holdsEndOf(snapshot(6, 3)));
        assertFalse(replay.holdsEndOf(snapshot(4, 2)), "before the log");
        assertFalse(replay.holdsEndOf(snapshot(5, 1)), "another term");
        assertFalse(replay.holdsEndOf(snapshot(6, 2)), "another term");
        assertFalse(replay.holdsEndOf(snapshot(7, 3)), "behind the log");
    }

    /** Against the obvious way: a list that is cut and added to. */
    @Test
    void agreesWithAListThatIsCutAndAddedTo() {
        for (int seed = 0; seed < 300; seed++) {
            agreesWithAList(new Random(seed), "seed " + seed);
        }
    }

    private static void agreesWithAList(Random random, String seed) {
        LogReplay replay = new LogReplay(0);
        List<LogRecord> model = new ArrayList<>();
        long term = 1;
        for (long sequence = 1; sequence <= 400; sequence++) {
            if (sequence == 1 || random.nextInt(50) == 0) {
                replay.accept(LogRecord.segmentHeader(replay, 0), sequence);
                continue;
            }
            boolean supersedes = random.nextInt(20) == 0;
            long index = supersedes ? 1 + random.nextInt(model.size() + 1) : model.size() + 1;
            term += supersedes ? 1 : random.nextInt(10) / 9;
            LogRecord record = new LogRecord(2, sequence, 0, term, index, sequence * 7, Payload.EMPTY);
            model.subList((int) index - 1, model.size()).clear();
            model.add(record);
            replay.accept(record, sequence);
            assertSame(model, replay, seed);
        }
    }

    private static void assertSame(List<LogRecord> model, LogReplay replay, String seed) {
        assertEquals(model.size(), replay.lastIndex(), seed);
        for (LogRecord record : model) {
            assertEquals(record.sequence(), replay.position(record.index()), seed);
            assertEquals(record.term(), replay.termAt(record.index()), seed);
        }
        assertEquals(model.get(model.size() - 1).timeMillis(), replay.lastTimeMillis(), seed);
        List<TermStart> starts = new ArrayList<>();
        for (LogRecord record : model) {
            if (starts.isEmpty() || starts.get(starts.size() - 1).term() != record.term()) {
                starts.add(new TermStart(record.term(), record.index()));
            }
        }
        assertEquals(starts, replay.outline().terms(), seed);
    }

    private static Snapshot snapshot(long index, long term) {
        Configuration configuration = Configuration.of(List.of(new MemberId("a")));
        return new Snapshot(index, term, index * 1000, configuration, 0, 0);
    }

    private static Entry configuration(long index, long term) {
        return new Entry(
                index, term, Entry.Kind.CONFIGURATION, index * 1000, Payload.of(new byte[] {(byte) index, (byte) term
                }));
    }

    private LogRecord durable(long index, long term) {
        return LogRecord.of(
                new Entry(index, term, Entry.Kind.COMMAND, index * 1000, Payload.EMPTY),
                nextSequence,
                nextSequence - 1);
    }

    private void base(long index, long term) {
        accept(LogRecord.base(snapshot(index, term), nextSequence, 0), 99);
    }

    private void accept(LogRecord record, long position) {
        replay.accept(record, position);
        nextSequence++;
    }

    private void header() {
        replay.accept(LogRecord.segmentHeader(replay, 0), 0);
        nextSequence++;
    }

    private void entry(long index, long term, long position) {
        replay.accept(record(index, term, nextSequence++), position);
    }

    private static LogRecord record(long index, long term, long sequence) {
        return LogRecord.of(new Entry(index, term, Entry.Kind.COMMAND, index * 1000, Payload.EMPTY), sequence, 0);
    }

    private void assertDamage(LogRecord record, String reason) {
        LogOutline before = replay.outline();
        LogDamage damage = assertThrows(LogDamage.class, () -> replay.accept(record, 99));
        assertTrue(damage.reason().contains(reason), damage.reason());
        assertEquals(before, replay.outline());
    }
}
