package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.disk.DiskFault;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.StorageContractTest;
import dev.outrigger.agent.storage.StorageException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtualStorageTest {
    private static final int SEGMENT_BYTES = 4096;
    private static final byte[] BYTES = bytes(10_000);

    private final VirtualDisk disk = new VirtualDisk();
    private VirtualStorage storage = open();

    @Test
    void newDiskKnowsNothing() {
        assertEquals(1, storage.recovered().bootEpoch());
        assertEquals(HardState.INITIAL, storage.recovered().hardState());
        assertEquals(0, storage.lastIndex());
        String id = storage.recovered().storageId();
        restart();
        assertEquals(2, storage.recovered().bootEpoch());
        assertEquals(id, storage.recovered().storageId());
    }

    @Test
    void whatWasMadeDurableIsThereAgain() {
        HardState vote = new HardState(3, Optional.of(new MemberId("b")));
        storage.persist(Optional.of(vote), Optional.empty(), entries(1, 200, 3));
        storage.persist(Optional.empty(), Optional.empty(), entries(150, 180, 4));
        restart();
        assertEquals(vote, storage.recovered().hardState());
        assertEquals(180, storage.recovered().log().lastIndex());
        assertEquals(entries(150, 180, 4), storage.read(150, Integer.MAX_VALUE));
        assertEquals(
                entries(100, 101, 3),
                storage.read(
                        100,
                        entries(100, 101, 3).stream().mapToInt(Entry::sizeBytes).sum()));
    }

    @Test
    void diskOfAnotherNodeIsRefused() {
        assertThrows(StorageException.class, () -> VirtualStorage.open(disk, "b", SEGMENT_BYTES, random(1)));
    }

    @Test
    void nothingWorksAfterAFailedForce() {
        disk.failNextSync(random(1));
        assertThrows(StorageException.class, () -> append(1, 10));
        assertThrows(StorageException.class, () -> append(1, 10));
        assertThrows(StorageException.class, storage::latestSnapshot);
    }

    @Test
    void nothingWorksAfterAFullDisk() {
        disk.full(4096);
        assertThrows(StorageException.class, () -> append(1, 200));
        disk.full(Long.MAX_VALUE);
        assertThrows(StorageException.class, () -> append(1, 10));
        restart();
        append(storage.lastIndex() + 1, storage.lastIndex() + 200);
    }

    @Test
    void entryOnABadPageCannotBeRead() {
        append(1, 10);
        disk.readError("log-1/" + Segment.fileName(1), 0);
        assertThrows(StorageException.class, () -> storage.read(1, Integer.MAX_VALUE));
    }

    /** After a good end the hard state vouches for every record. */
    @Test
    void rottenLogIsRefusedOrHoldsEverything() {
        int refused = 0;
        for (int seed = 0; seed < 300; seed++) {
            VirtualDisk rotting = new VirtualDisk();
            VirtualStorage before = VirtualStorage.open(rotting, "a", SEGMENT_BYTES, random(seed));
            for (long index = 1; index <= 200; index += 5) {
                before.persist(Optional.empty(), Optional.empty(), entries(index, index + 4, 1));
            }
            before.close();
            String rot = rotting.rot("log-", random(seed));
            try {
                VirtualStorage after = VirtualStorage.open(rotting, "a", SEGMENT_BYTES, random(seed));
                assertEquals(entries(1, 200, 1), after.read(1, Integer.MAX_VALUE), rot);
            } catch (StorageException e) {
                refused++;
            }
        }
        assertTrue(refused > 250 && refused < 300, "refused " + refused);
    }

    @Test
    void compactionDropsWholeSegmentsAndSurvivesARestart() {
        for (long index = 1; index <= 500; index += 10) {
            append(index, index + 9);
        }
        int segments = storage.segments();
        storage.saveSnapshot(snapshot(300, 1), BYTES);
        storage.compact(301);
        long firstIndex = storage.firstIndex();
        assertTrue(firstIndex > 200 && firstIndex <= 301, "first index " + firstIndex);
        assertTrue(storage.segments() < segments);
        assertEquals(firstIndex, storage.read(firstIndex, 1).get(0).index());
        assertThrows(IllegalArgumentException.class, () -> storage.compact(302));
        restart();
        assertEquals(firstIndex, storage.recovered().log().firstIndex());
        assertEquals(500, storage.recovered().log().lastIndex());
        assertEquals(Optional.of(snapshot(300, 1)), storage.recovered().log().snapshot());
        assertEquals(firstIndex - 1, storage.recovered().log().terms().get(0).firstIndex());
    }

    /** The header of the third segment names an entry that was superseded later, in the same segment. */
    @Test
    void segmentIsKeptWhenALaterOneGoesBackBehindIt() {
        append(1, 100);
        storage.persist(Optional.empty(), Optional.empty(), entries(90, 95, 2));
        storage.persist(Optional.empty(), Optional.empty(), entries(96, 150, 2));
        storage.saveSnapshot(snapshot(120, 2), BYTES);
        storage.compact(121);
        restart();
        assertEquals(150, storage.lastIndex());
        assertEquals(entries(96, 150, 2), storage.read(96, Integer.MAX_VALUE));
    }

    @Test
    void compactedLogWithoutItsSnapshotIsRefused() throws DiskFault {
        compact();
        byte[] page = new byte[100];
        disk.write(snapshotFile(), 5000, page);
        StorageException refused = assertThrows(StorageException.class, this::restart);
        assertTrue(String.valueOf(refused.getMessage()).contains("no whole snapshot"), refused.getMessage());
        assertEquals(1, disk.list("snapshots").size(), "what is rotten stays");
    }

    @Test
    void compactedLogWithoutItsFirstSegmentIsRefused() {
        compact();
        disk.delete(disk.list("log-1").get(0));
        assertThrows(StorageException.class, this::restart);
    }

    @Test
    void snapshotThatRotsIsNoLongerThere() throws DiskFault {
        append(1, 50);
        storage.saveSnapshot(snapshot(50, 1), BYTES);
        disk.write(snapshotFile(), 5000, new byte[100]);
        assertEquals(Optional.empty(), storage.readSnapshot(snapshot(50, 1), 0, 10));
        assertEquals(Optional.empty(), storage.latestSnapshot());
        storage.saveSnapshot(snapshot(50, 1), BYTES);
        assertEquals(Optional.of(snapshot(50, 1)), storage.latestSnapshot());
        restart();
        assertEquals(Optional.of(snapshot(50, 1)), storage.latestSnapshot());
        assertArrayEquals(
                Arrays.copyOfRange(BYTES, 100, 110),
                storage.readSnapshot(snapshot(50, 1), 100, 10).orElseThrow());
        assertArrayEquals(
                Arrays.copyOfRange(BYTES, 9_990, 10_000),
                storage.readSnapshot(snapshot(50, 1), 9_990, 100).orElseThrow());
    }

    @Test
    void snapshotIsReceivedInPiecesAndInForceWhenItIsInstalled() {
        append(1, 50);
        Snapshot snapshot = snapshot(1000, 7);
        assertEquals(0, storage.putChunk(snapshot, 4000, piece(4000, 8000)));
        assertEquals(4000, storage.putChunk(snapshot, 0, piece(0, 4000)));
        assertEquals(4000, storage.putChunk(snapshot, 0, piece(0, 4000)), "it was there");
        assertEquals(4000, storage.putChunk(snapshot, 8000, piece(8000, 10_000)), "a gap");
        restart();
        assertEquals(8000, storage.putChunk(snapshot, 4000, piece(4000, 8000)), "goes on after a restart");
        assertEquals(10_000, storage.putChunk(snapshot, 8000, piece(8000, 10_000)));
        assertEquals(10_000, storage.putChunk(snapshot, 0, piece(0, 4000)), "it is here");
        assertEquals(Optional.empty(), storage.latestSnapshot(), "not in force");
        disk.powerCut(random(1));
        storage = open();
        assertEquals(10_000, storage.putChunk(snapshot, 0, piece(0, 4000)), "it is durable");
        assertEquals(Optional.empty(), storage.latestSnapshot());
        storage.persist(Optional.empty(), Optional.of(snapshot), entries(1001, 1010, 7));
        assertEquals(Optional.of(snapshot), storage.latestSnapshot());
        restart();
        assertEquals(1001, storage.recovered().log().firstIndex());
        assertEquals(1010, storage.recovered().log().lastIndex());
        assertEquals(Optional.of(snapshot), storage.recovered().log().snapshot());
        assertEquals(entries(1001, 1010, 7), storage.read(1001, Integer.MAX_VALUE));
    }

    @Test
    void piecesOfTwoSnapshotsAreNotMixed() {
        Snapshot one = snapshot(1000, 7);
        Snapshot other = snapshot(1000, 8);
        assertEquals(4000, storage.putChunk(one, 0, piece(0, 4000)));
        assertEquals(0, storage.putChunk(other, 4000, piece(4000, 10_000)));
        assertEquals(4000, storage.putChunk(one, 5000, piece(5000, 6000)), "still there");
        assertEquals(10, storage.putChunk(other, 0, piece(0, 10)));
        assertEquals(0, storage.putChunk(one, 4000, piece(4000, 6000)), "replaced");
    }

    @Test
    void receivedSnapshotThatIsNotWhatItShouldBeIsThrownAway() {
        Snapshot snapshot = snapshot(1000, 7);
        storage.putChunk(snapshot, 0, piece(0, 9000));
        assertEquals(0, storage.putChunk(snapshot, 9000, new byte[1000]));
        assertEquals(0, storage.putChunk(snapshot, 9000, piece(9000, 10_000)));
        assertEquals(10_000, storage.putChunk(snapshot, 0, BYTES));
    }

    @Test
    void snapshotWithoutBytesIsReceivedAtOnce() {
        Snapshot empty = new Snapshot(9, 2, 0, configuration(), 0, VirtualStorage.checksum(new byte[0]));
        assertEquals(0, storage.putChunk(empty, 0, new byte[0]));
        storage.persist(Optional.empty(), Optional.of(empty), List.of());
        restart();
        assertEquals(10, storage.recovered().log().firstIndex());
    }

    @Test
    void snapshotThatIsNotHereCannotBeInstalled() {
        assertThrows(
                StorageException.class,
                () -> storage.persist(Optional.empty(), Optional.of(snapshot(9, 2)), List.of()));
    }

    /** Ten thousand writes, as many as a simulated seed does, take well below a second. */
    @Test
    void isQuick() {
        long before = System.nanoTime();
        for (long index = 1; index <= 10_000; index++) {
            storage.persist(Optional.empty(), Optional.empty(), entries(index, index, 1));
        }
        long millis = (System.nanoTime() - before) / 1_000_000;
        assertTrue(millis < 5_000, millis + " ms");
        assertTrue(disk.syncs() > 10_000);
    }

    private void compact() {
        for (long index = 1; index <= 100; index += 10) {
            append(index, index + 9);
        }
        storage.saveSnapshot(snapshot(50, 1), BYTES);
        storage.compact(51);
        assertTrue(storage.firstIndex() > 1);
        storage.close();
    }

    private String snapshotFile() {
        return disk.list("snapshots").get(0);
    }

    private void append(long first, long last) {
        storage.persist(Optional.empty(), Optional.empty(), entries(first, last, 1));
    }

    private static List<Entry> entries(long first, long last, long term) {
        return StorageContractTest.entries(first, last, term);
    }

    private void restart() {
        disk.kill();
        storage = open();
    }

    private VirtualStorage open() {
        return VirtualStorage.open(disk, "a", SEGMENT_BYTES, random(9));
    }

    private static SplittableRandom random(long seed) {
        return new SplittableRandom(seed);
    }

    private static Snapshot snapshot(long index, long term) {
        return new Snapshot(index, term, 77, configuration(), BYTES.length, VirtualStorage.checksum(BYTES));
    }

    private static Configuration configuration() {
        return Configuration.of(List.of(new MemberId("a"), new MemberId("b")));
    }

    private static byte[] piece(int from, int to) {
        return Arrays.copyOfRange(BYTES, from, to);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random(4).nextBytes(bytes);
        return bytes;
    }
}
