package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static dev.outrigger.agent.storage.chronicle.FixedSnapshots.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots in the place of what is before them, and the space that comes back. */
class CompactionTest {
    @TempDir
    private Path directory;

    private final FixedSnapshots snapshots = new FixedSnapshots();
    private ChronicleStorage storage;

    @BeforeEach
    void open() {
        storage = SmallLog.open(directory, SmallLog.OPTIONS, DiskSync.DISK, (path, sync) -> snapshots);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private void reopen() {
        storage.close();
        open();
    }

    @Test
    void whatASnapshotHoldsIsDroppedInWholeSegments() throws IOException {
        SmallLog.append(storage, 1, 1000, 1);
        snapshots.whole.add(snapshot(700, 1));
        int segments = segments();
        long bytes = storage.bytesOnDisk();

        long first = storage.compact(650);
        assertTrue(first > 500 && first <= 650, () -> "first index is " + first);
        assertTrue(segments() < segments / 2, "segments are gone");
        assertTrue(storage.bytesOnDisk() < bytes / 2 + (300 << 10));
        assertThrows(IllegalArgumentException.class, () -> storage.read(first - 1, 100));
        assertEquals(entries(first, 1000, 1), storage.read(first, Integer.MAX_VALUE));
        SmallLog.append(storage, 1001, 1100, 2);
        reopen();
        LogOutline log = storage.recovered().log();
        assertEquals(first, log.firstIndex());
        assertEquals(1100, log.lastIndex());
        assertEquals(Optional.of(snapshot(700, 1)), log.snapshot());
        assertEquals(
                entries(first, 1000, 1), storage.read(first, Integer.MAX_VALUE).subList(0, (int) (1001 - first)));
    }

    @Test
    void withoutASnapshotNothingIsDropped() throws IOException {
        SmallLog.append(storage, 1, 500, 1);
        int segments = segments();
        assertThrows(IllegalArgumentException.class, () -> storage.compact(300));
        snapshots.whole.add(snapshot(298, 1));
        snapshots.whole.add(snapshot(300, 2)); // of another log
        snapshots.whole.add(snapshot(501, 1)); // goes further than this one
        assertThrows(IllegalArgumentException.class, () -> storage.compact(300));
        assertEquals(segments, segments());
        assertTrue(storage.compact(299) > 1);
    }

    @Test
    void segmentThatGoesBackBehindALaterOneIsKept() {
        SmallLog.append(storage, 1, 300, 1);
        SmallLog.append(storage, 20, 400, 2); // supersedes: what was written later begins at an earlier index
        snapshots.whole.add(snapshot(150, 2));
        long first = storage.compact(151);
        assertTrue(first <= 151);
        reopen();
        assertEquals(entries(151, 400, 2), storage.read(151, Integer.MAX_VALUE));
    }

    @Test
    void installTakesThePlaceOfTheLog() {
        SmallLog.append(storage, 1, 100, 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> storage.persist(Optional.empty(), Optional.of(snapshot(500, 3)), List.of()));
        snapshots.whole.add(snapshot(500, 3));
        storage.persist(Optional.empty(), Optional.of(snapshot(500, 3)), entries(501, 520, 3));
        assertThrows(IllegalArgumentException.class, () -> storage.read(100, 100));
        assertEquals(entries(501, 520, 3), storage.read(501, Integer.MAX_VALUE));
        reopen();
        assertEquals(501, storage.recovered().log().firstIndex());
        assertEquals(Optional.of(snapshot(500, 3)), storage.recovered().log().snapshot());
        assertEquals(entries(501, 520, 3), storage.read(501, Integer.MAX_VALUE));
    }

    @Test
    void installKeepsWhatFollowsAnEntryOfItsTerm() {
        SmallLog.append(storage, 1, 100, 1);
        snapshots.whole.add(snapshot(60, 1));
        storage.persist(Optional.empty(), Optional.of(snapshot(60, 1)), List.of());
        reopen();
        assertEquals(61, storage.recovered().log().firstIndex());
        assertEquals(entries(61, 100, 1), storage.read(61, Integer.MAX_VALUE));
    }

    @Test
    void installAndItsEntriesAreOneForce() {
        snapshots.whole.add(snapshot(500, 3));
        storage.close();
        RecordingSync sync = new RecordingSync();
        storage = SmallLog.open(directory, SmallLog.OPTIONS, sync, (path, unused) -> snapshots);
        sync.forced.clear();
        storage.persist(Optional.empty(), Optional.of(snapshot(500, 3)), entries(501, 510, 3));
        assertEquals(List.of("19700103F.cq4"), sync.forced);
    }

    @Test
    void compactionForcesWhatCountsBeforeItDeletes() {
        storage.close();
        RecordingSync sync = new RecordingSync();
        storage = SmallLog.open(directory, SmallLog.OPTIONS, sync, (path, unused) -> snapshots);
        SmallLog.append(storage, 1, 500, 1);
        snapshots.whole.add(snapshot(400, 1));
        sync.forced.clear();
        storage.compact(401);
        assertEquals(List.of("CURRENT.tmp", directory.getFileName().toString(), "log-1"), sync.forced);
    }

    @Test
    void compactedLogWithoutItsSnapshotIsRefused() {
        SmallLog.append(storage, 1, 500, 1);
        snapshots.whole.add(snapshot(400, 1));
        storage.compact(401);
        storage.close();
        snapshots.whole.clear();
        DamagedStorageException refused = assertThrows(DamagedStorageException.class, this::open);
        assertTrue(String.valueOf(refused.getMessage()).contains("no whole snapshot"), refused.getMessage());
    }

    /** The disk has the space again only when nothing has the file open or mapped. */
    @Test
    void nothingHoldsOnToDeletedSegments() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "wants Linux");
        SmallLog.append(storage, 1, 1000, 1);
        assertEquals(entries(1, 1, 1), storage.read(1, 1), "the reader sits in the first segment");
        snapshots.whole.add(snapshot(1000, 1));
        storage.compact(1001);
        assertEquals(List.of(), deletedInUse());
        SmallLog.append(storage, 1001, 1200, 1);
        assertEquals(entries(1001, 1001, 1), storage.read(1001, 1));
        snapshots.whole.add(snapshot(1200, 1));
        storage.compact(1201);
        assertEquals(List.of(), deletedInUse());
        assertTrue(segments() <= 2);
    }

    private List<String> deletedInUse() throws IOException {
        List<String> inUse = new ArrayList<>();
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : open.toList()) {
                if (Files.isSymbolicLink(each)) {
                    inUse.add(Files.readSymbolicLink(each).toString());
                }
            }
        }
        inUse.addAll(Files.readAllLines(Path.of("/proc/self/maps")));
        inUse.removeIf(line -> !line.contains(directory.toString()) || !line.contains("(deleted)"));
        return inUse;
    }

    /** Against a list: appending, superseding, installing, compacting and starting in random order. */
    @Test
    void anyOrderOfThingsLeavesTheSameEntries() {
        for (long seed = 1; seed <= 4; seed++) {
            storage.close();
            snapshots.whole.clear();
            Path home = directory.resolve("seed-" + seed);
            storage = SmallLog.open(home, SmallLog.OPTIONS, DiskSync.DISK, (path, sync) -> snapshots);
            live(home, new Random(seed), "seed " + seed);
        }
    }

    private void live(Path home, Random random, String seed) {
        List<Entry> log = new ArrayList<>();
        long before = 0;
        long term = 1;
        for (int step = 0; step < 150; step++) {
            long last = before + log.size();
            int what = random.nextInt(12);
            if (what == 0 && !log.isEmpty()) {
                Entry end = log.get(random.nextInt(log.size()));
                Snapshot taken = snapshot(end.index(), end.term());
                snapshots.whole.removeIf(old -> old.index() <= taken.index());
                snapshots.whole.add(taken);
                long first = storage.compact(taken.index() + 1);
                assertTrue(first <= taken.index() + 1 && first >= before + 1, seed);
                log = new ArrayList<>(log.subList((int) (first - 1 - before), log.size()));
                before = first - 1;
            } else if (what == 1) {
                term++;
                Snapshot sent = snapshot(last + 1 + random.nextInt(100), term);
                snapshots.whole.clear();
                snapshots.whole.add(sent);
                List<Entry> after = entries(sent.index() + 1, sent.index() + random.nextInt(5), term);
                storage.persist(Optional.empty(), Optional.of(sent), after);
                before = sent.index();
                log = new ArrayList<>(after);
            } else if (what == 2) {
                storage.close();
                storage = SmallLog.open(home, SmallLog.OPTIONS, DiskSync.DISK, (path, sync) -> snapshots);
                assertEquals(before + 1, storage.recovered().log().firstIndex(), seed);
            } else {
                boolean supersedes = what == 3 && !log.isEmpty();
                long held = snapshots.whole.stream()
                        .mapToLong(Snapshot::index)
                        .max()
                        .orElse(0);
                long lowest = Math.max(before, Math.min(held, last)) + 1;
                long first = supersedes ? lowest + random.nextInt((int) (last + 2 - lowest)) : last + 1;
                term += supersedes ? 1 : 0;
                List<Entry> added = entries(first, first + random.nextInt(60), term);
                storage.persist(Optional.empty(), added);
                log = new ArrayList<>(log.subList(0, (int) (first - 1 - before)));
                log.addAll(added);
            }
            if (!log.isEmpty()) {
                assertEquals(log, storage.read(before + 1, Integer.MAX_VALUE), seed + " step " + step);
            }
        }
    }

    private int segments() throws IOException {
        return Segment.list(directory.resolve("log-1")).size();
    }
}
