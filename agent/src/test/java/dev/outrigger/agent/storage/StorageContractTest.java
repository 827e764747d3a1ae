package dev.outrigger.agent.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Storage} promises. */
public abstract class StorageContractTest {
    private static final HardState VOTED = new HardState(7, Optional.of(new MemberId("b")));
    private static final ClusterIdentity CLUSTER = new ClusterIdentity(
            "orders",
            "c-1",
            List.of(
                    new ClusterIdentity.Member(new MemberId("a"), "a.local:7412", "disk-a"),
                    new ClusterIdentity.Member(new MemberId("b"), "b.local:7412", "disk-b")));

    private Storage storage;

    /** Opens a storage on the disk of this test; the one before is closed by then. */
    protected abstract Storage open();

    @BeforeEach
    void openFirst() {
        storage = open();
    }

    @AfterEach
    void closeLast() {
        storage.close();
    }

    @Test
    void newDiskIsEmpty() {
        Storage.Recovered recovered = storage.recovered();
        assertEquals(HardState.INITIAL, recovered.hardState());
        assertEquals(LogOutline.EMPTY, recovered.log());
        assertEquals(Optional.empty(), recovered.cluster());
        assertEquals(1, recovered.bootEpoch());
        assertTrue(!recovered.storageId().isEmpty());
    }

    @Test
    void storageIdStaysAndBootEpochRises() {
        String storageId = storage.recovered().storageId();
        reopen();
        reopen();
        assertEquals(storageId, storage.recovered().storageId());
        assertEquals(3, storage.recovered().bootEpoch());
    }

    @Test
    void hardStateIsThereAgain() {
        storage.persist(Optional.of(VOTED), List.of());
        reopen();
        assertEquals(VOTED, storage.recovered().hardState());
        HardState later = new HardState(8, Optional.empty());
        storage.persist(Optional.of(later), List.of());
        reopen();
        assertEquals(later, storage.recovered().hardState());
    }

    @Test
    void entriesAreThereAgain() {
        List<Entry> entries = entries(1, 20, 1);
        storage.persist(Optional.of(VOTED), entries);
        assertEquals(entries, storage.read(1, Integer.MAX_VALUE));
        reopen();
        assertEquals(entries, storage.read(1, Integer.MAX_VALUE));
        assertEquals(
                new LogOutline(
                        1, 20, List.of(new TermStart(1, 1)), entries.get(19).timeMillis()),
                storage.recovered().log());
    }

    @Test
    void recoveredDoesNotChangeWhileOpen() {
        Storage.Recovered before = storage.recovered();
        storage.persist(Optional.of(VOTED), entries(1, 3, 1));
        assertEquals(before, storage.recovered());
    }

    @Test
    void everyKindAndSizeOfEntryIsKept() {
        List<Entry> entries = List.of(
                new Entry(1, 1, Entry.Kind.NOOP, 5, Payload.EMPTY),
                new Entry(2, 1, Entry.Kind.COMMAND, 5, Payload.EMPTY),
                new Entry(3, 1, Entry.Kind.COMMAND, 6, Payload.of(new byte[] {0})),
                new Entry(4, Long.MAX_VALUE, Entry.Kind.COMMAND, Long.MAX_VALUE, Payload.of(randomBytes(1 << 20))));
        storage.persist(Optional.empty(), entries);
        assertEquals(entries, storage.read(1, Integer.MAX_VALUE));
        reopen();
        assertEquals(entries, storage.read(1, Integer.MAX_VALUE));
    }

    @Test
    void laterEntriesSupersedeAndDropWhatFollowed() {
        storage.persist(Optional.empty(), entries(1, 10, 1));
        storage.persist(Optional.empty(), entries(4, 6, 2));
        List<Entry> expected = new ArrayList<>(entries(1, 3, 1));
        expected.addAll(entries(4, 6, 2));
        assertEquals(expected, storage.read(1, Integer.MAX_VALUE));
        reopen();
        assertEquals(expected, storage.read(1, Integer.MAX_VALUE));
        assertEquals(
                new LogOutline(1, 6, List.of(new TermStart(1, 1), new TermStart(2, 4)), 6000),
                storage.recovered().log());
    }

    @Test
    void firstEntryCanBeSuperseded() {
        storage.persist(Optional.empty(), entries(1, 10, 1));
        storage.persist(Optional.empty(), entries(1, 1, 2));
        reopen();
        assertEquals(entries(1, 1, 2), storage.read(1, Integer.MAX_VALUE));
    }

    @Test
    void supersededEntriesDoNotComeBackOverManyRestarts() {
        for (int term = 1; term <= 6; term++) {
            storage.persist(Optional.empty(), entries(term, term + 9, term));
            reopen();
            assertEquals(term + 9, storage.recovered().log().lastIndex());
            assertEquals(entries(term, term + 9, term), storage.read(term, Integer.MAX_VALUE));
            assertEquals(term, storage.recovered().log().terms().size());
        }
    }

    @Test
    void readStopsBeforeItPassesTheBytesButGivesOneEntry() {
        List<Entry> entries = entries(1, 10, 1);
        storage.persist(Optional.empty(), entries);
        int three = entries.subList(4, 7).stream().mapToInt(Entry::sizeBytes).sum();
        assertEquals(entries(5, 7, 1), storage.read(5, three));
        assertEquals(entries(5, 6, 1), storage.read(5, three - 1));
        assertEquals(entries(5, 5, 1), storage.read(5, 1));
    }

    @Test
    void readsInAnyOrderGiveTheSame() {
        storage.persist(Optional.empty(), entries(1, 500, 1));
        storage.persist(Optional.empty(), entries(300, 600, 2));
        storage.persist(Optional.empty(), entries(450, 700, 3));
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            long first = 1 + random.nextInt(700);
            List<Entry> read = storage.read(first, random.nextInt(5000));
            for (Entry entry : read) {
                long term = entry.index() < 300 ? 1 : entry.index() < 450 ? 2 : 3;
                assertEquals(entry(first++, term), entry);
            }
        }
    }

    @Test
    void readOutsideTheLogIsRefused() {
        storage.persist(Optional.empty(), entries(1, 3, 1));
        assertThrows(IllegalArgumentException.class, () -> storage.read(0, 100));
        assertThrows(IllegalArgumentException.class, () -> storage.read(4, 100));
        assertEquals(entries(3, 3, 1), storage.read(3, 100));
    }

    @Test
    void gapIsRefusedAndNothingIsAcceptedAfterIt() {
        storage.persist(Optional.empty(), entries(1, 3, 1));
        assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(5, 6, 1)));
        assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(4, 4, 1)));
        assertThrows(StorageException.class, () -> storage.persist(Optional.of(VOTED), List.of()));
        assertThrows(StorageException.class, () -> storage.read(1, 100));
        reopen();
        assertEquals(entries(1, 3, 1), storage.read(1, Integer.MAX_VALUE));
        assertEquals(HardState.INITIAL, storage.recovered().hardState());
    }

    /** Opened by main, used by the log thread, closed by main. */
    @Test
    void threadsMayTakeTurns() throws Exception {
        CompletableFuture.runAsync(() -> storage.persist(Optional.of(VOTED), entries(1, 50, 1)))
                .get(30, TimeUnit.SECONDS);
        CompletableFuture.runAsync(() -> assertEquals(entries(1, 50, 1), storage.read(1, Integer.MAX_VALUE)))
                .get(30, TimeUnit.SECONDS);
        reopen();
        assertEquals(entries(1, 50, 1), storage.read(1, Integer.MAX_VALUE));
    }

    @Test
    void clusterThatWasJoinedIsThereAgain() {
        Configuration.Member a =
                new Configuration.Member(new MemberId("a"), "disk-a2", "a.local:7412", Configuration.Standing.JOINING);
        Configuration.Member c =
                new Configuration.Member(new MemberId("c"), "disk-c", "[::1]:7412", Configuration.Standing.VOTER);
        ClusterIdentity joined =
                CLUSTER.with(new ClusterIdentity.Committed(44, 7, Configuration.stable(List.of(a, c))));
        storage.saveCluster(joined);
        reopen();
        assertEquals(Optional.of(joined), storage.recovered().cluster());
    }

    @Test
    void clusterIsThereAgain() {
        storage.saveCluster(CLUSTER);
        reopen();
        assertEquals(Optional.of(CLUSTER), storage.recovered().cluster());
        storage.saveCluster(CLUSTER);
    }

    @Test
    void diskDoesNotChangeItsCluster() {
        storage.saveCluster(CLUSTER);
        ClusterIdentity other = new ClusterIdentity("orders", "c-2", CLUSTER.members());
        assertThrows(StorageException.class, () -> storage.saveCluster(other));
        reopen();
        assertEquals(Optional.of(CLUSTER), storage.recovered().cluster());
    }

    /** A segment is made in its full size at once; so it takes several of them. */
    @Test
    void bytesOnDiskGrowWithTheLog() {
        long before = storage.bytesOnDisk();
        long logBefore = storage.logBytes();
        int written = 12 << 20;
        for (int index = 1; index <= 12; index++) {
            Payload data = Payload.of(randomBytes(written / 12));
            storage.persist(Optional.empty(), List.of(new Entry(index, 1, Entry.Kind.COMMAND, 0, data)));
        }
        assertTrue(storage.bytesOnDisk() >= before + written - (4 << 20), () -> before + " " + storage.bytesOnDisk());
        long grown = storage.logBytes() - logBefore;
        assertTrue(grown >= written && grown <= written + 12 * 100, () -> "the log has grown by " + grown);
    }

    protected final void reopen() {
        storage.close();
        storage = open();
    }

    protected final Storage storage() {
        return storage;
    }

    /** Entries whose content follows from index and term. */
    public static List<Entry> entries(long firstIndex, long lastIndex, long term) {
        return LongStream.rangeClosed(firstIndex, lastIndex)
                .mapToObj(index -> entry(index, term))
                .toList();
    }

    public static Entry entry(long index, long term) {
        byte[] data = new byte[(int) (index * 37 % 150)];
        new Random(index * 31 + term).nextBytes(data);
        return new Entry(index, term, Entry.Kind.COMMAND, index * 1000, Payload.of(data));
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(5).nextBytes(bytes);
        return bytes;
    }
}
