package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleStorageTest {
    private static final Optional<HardState> VOTE = Optional.of(new HardState(2, Optional.of(new MemberId("b"))));

    @TempDir
    private Path directory;

    @Test
    void logOverManySegmentsIsThereAgain() throws IOException {
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            SmallLog.append(storage, 1, 1000, 1);
            SmallLog.append(storage, 600, 1200, 2);
        }
        assertTrue(Segment.list(directory.resolve("log-1")).size() > 10, "the test wants many segments");
        List<Entry> expected = new ArrayList<>(entries(1, 599, 1));
        expected.addAll(entries(600, 1200, 2));
        for (int start = 0; start < 3; start++) {
            try (ChronicleStorage storage = SmallLog.open(directory)) {
                SmallLog.assertHolds(storage, expected, 1200);
                assertEquals(expected.subList(640, 651), storage.read(641, sizeOf(expected.subList(640, 651))));
            }
        }
    }

    @Test
    void everyStartWritesASegmentOfItsOwn() throws IOException {
        for (int start = 1; start <= 4; start++) {
            try (ChronicleStorage storage = SmallLog.open(directory)) {
                SmallLog.append(storage, start, start, start);
            }
            assertEquals(start, Segment.list(directory.resolve("log-1")).size());
        }
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            assertEquals(4, storage.recovered().log().terms().size());
        }
    }

    @Test
    void startsWithoutAnyWriteBetweenThemLeaveALogThatCanBeRead() {
        for (int start = 1; start <= 5; start++) {
            SmallLog.open(directory).close();
        }
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            SmallLog.append(storage, 1, 30, 1);
            SmallLog.assertHolds(storage, entries(1, 30, 1), 30);
        }
    }

    @Test
    void entryOfTheGreatestSizeIsTakenAndALargerOneIsNot() {
        int most = ChronicleStorage.Options.ENTRY_BYTES_MAX;
        ChronicleStorage.Options options = ChronicleStorage.Options.of("a", "orders", Durability.DISK);
        Entry largest = new Entry(1, 1, Entry.Kind.COMMAND, 0, Payload.of(new byte[most]));
        Entry tooLarge = new Entry(2, 1, Entry.Kind.COMMAND, 0, Payload.of(new byte[most + 1]));
        try (ChronicleStorage storage = ChronicleStorage.open(directory, options)) {
            storage.persist(Optional.empty(), List.of(largest));
            StorageException refused =
                    assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), List.of(tooLarge)));
            assertMentions(refused, "entry 2", "1048577");
        }
        try (ChronicleStorage storage = ChronicleStorage.open(directory, options)) {
            assertEquals(List.of(largest), storage.read(1, 1));
        }
    }

    @Test
    void optionsWhoseEntriesDoNotFitIntoABlockAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ChronicleStorage.Options("a", "orders", Durability.DISK, 1 << 20, 1 << 20, 1 << 20));
    }

    @Test
    void memoryDurabilityKeepsTheSameFiles() {
        ChronicleStorage.Options memory = ChronicleStorage.Options.of("a", "orders", Durability.MEMORY);
        try (ChronicleStorage storage = ChronicleStorage.open(directory, memory)) {
            storage.persist(VOTE, entries(1, 20, 1));
        }
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            assertEquals(VOTE.get(), storage.recovered().hardState());
            SmallLog.assertHolds(storage, entries(1, 20, 1), 20);
        }
    }

    @Test
    void secondStorageOnTheDirectoryIsRefused() {
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            StorageException refused = assertThrows(StorageException.class, () -> SmallLog.open(directory));
            assertMentions(
                    refused,
                    directory.toString(),
                    "in use",
                    "pid " + ProcessHandle.current().pid());
            SmallLog.append(storage, 1, 5, 1);
        }
        SmallLog.open(directory).close();
    }

    @Test
    void secondProcessOnTheDirectoryIsRefused() throws Exception {
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            Process second = ChildJvm.start(OpenChild.class, directory.toString());
            String output = new String(second.getInputStream().readAllBytes());
            assertTrue(second.waitFor(30, TimeUnit.SECONDS));
            assertTrue(
                    output.contains("@refused data directory " + directory + " is in use by another process (pid "
                            + ProcessHandle.current().pid() + ")"),
                    output);
            SmallLog.append(storage, 1, 5, 1);
        }
    }

    /** Opens the directory and says how that went. */
    static final class OpenChild {
        public static void main(String[] arguments) {
            try (ChronicleStorage storage = SmallLog.open(Path.of(arguments[0]))) {
                System.out.println("@opened " + storage.recovered());
            } catch (StorageException e) {
                System.out.println("@refused " + e.getMessage());
            }
        }
    }

    @Test
    void directoryOfAnotherNodeOrClusterIsRefused() {
        SmallLog.open(directory).close();
        for (String[] other : new String[][] {{"b", "orders"}, {"a", "invoices"}}) {
            StorageException refused = assertThrows(
                    StorageException.class,
                    () -> ChronicleStorage.open(
                            directory, ChronicleStorage.Options.of(other[0], other[1], Durability.DISK)));
            assertMentions(
                    refused, "node 'a' of cluster 'orders'", "node '" + other[0] + "' of cluster '" + other[1] + "'");
        }
        SmallLog.open(directory).close();
    }

    @Test
    void directoryThatLostItsIdentityIsRefused() throws IOException {
        SmallLog.open(directory).close();
        Files.delete(directory.resolve("identity"));
        assertMentions(assertThrows(StorageException.class, () -> SmallLog.open(directory)), "identity is missing");
    }

    @Test
    void directoryThatLostItsHardStateIsRefused() throws IOException {
        SmallLog.open(directory).close();
        Files.delete(directory.resolve("hardstate"));
        assertMentions(assertThrows(StorageException.class, () -> SmallLog.open(directory)), "hardstate is missing");
    }

    @Test
    void formattingThatDidNotGetToItsEndStartsAnew() throws IOException {
        SmallLog.open(directory).close();
        Files.delete(directory.resolve("identity"));
        Files.delete(directory.resolve("snap")); // it comes after the identity
        for (Segment segment : Segment.list(directory.resolve("log-1"))) {
            Files.delete(segment.file());
        }
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            assertEquals(1, storage.recovered().bootEpoch());
        }
    }

    @Test
    void damagedTextFilesAreRefused() throws IOException {
        SmallLog.open(directory).close();
        for (String name : List.of("identity", "CURRENT")) {
            byte[] whole = Files.readAllBytes(directory.resolve(name));
            byte[] damaged = whole.clone();
            damaged[5] ^= 1;
            Files.write(directory.resolve(name), damaged);
            assertMentions(assertThrows(StorageException.class, () -> SmallLog.open(directory)), name, "damaged");
            Files.write(directory.resolve(name), whole);
        }
        SmallLog.open(directory).close();
    }

    @Test
    void failedForceIsTheEnd() {
        FailingSync sync = new FailingSync();
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            storage.persist(VOTE, entries(1, 5, 1));
            sync.fail = true;
            StorageException failure =
                    assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(6, 9, 1)));
            assertMentions(failure, "entries 6 to 9", directory.toString(), "Nothing of it is acknowledged");
            sync.fail = false;
            int forces = sync.forces;
            assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(6, 9, 1)));
            assertThrows(StorageException.class, () -> storage.persist(VOTE, List.of()));
            assertThrows(StorageException.class, () -> storage.read(1, 1));
            assertEquals(forces, sync.forces, "no force is repeated");
        }
        assertEquals(0, sync.forcesAfterFailure, "closing does not write either");
    }

    @Test
    void failedForceOfTheHardStateWritesNoEntries() {
        FailingSync sync = new FailingSync();
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            sync.fail = true;
            assertThrows(StorageException.class, () -> storage.persist(VOTE, entries(1, 5, 1)));
        }
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            assertEquals(0, storage.recovered().log().lastIndex());
        }
    }

    @Test
    void everyBatchIsForcedOnce() {
        RecordingSync sync = new RecordingSync();
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            sync.forced.clear();
            storage.persist(Optional.empty(), entries(1, 50, 1));
            assertEquals(List.of("19700102F.cq4"), sync.forced);
            sync.forced.clear();
            storage.persist(VOTE, entries(51, 52, 1));
            assertEquals(List.of("hardstate", "hardstate", "19700102F.cq4"), sync.forced);
        }
    }

    /** What was appended before the roll is forced before anything says that it is durable: the header that comes next. */
    @Test
    void rollInTheMidstOfABatchForcesWhatIsBeforeItFirst() {
        RecordingSync sync = new RecordingSync();
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            sync.forced.clear();
            storage.persist(Optional.empty(), entries(1, 100, 1));
            assertEquals(
                    List.of(
                            "19700102F.cq4", // the records
                            "19700102F.cq4", // the end mark
                            "19700103F.cq4", // the header
                            "log-1",
                            "19700104F.precreated.tmp", // the next one
                            "19700103F.cq4"), // the rest of the records
                    sync.forced);
            assertEquals(entries(1, 100, 1), storage.read(1, Integer.MAX_VALUE));
        }
    }

    @Test
    void whatWasFoundAtStartIsForcedBeforeItCounts() {
        SmallLog.open(directory).close();
        RecordingSync sync = new RecordingSync();
        SmallLog.open(directory, SmallLog.OPTIONS, sync).close();
        assertEquals(
                List.of(
                        directory.getFileName().toString(), // names made by a process that died before their force
                        directory.getFileName().toString(), // that of the snapshots' directory
                        "snap", // and in it
                        "19700102F.cq4", // the same for what it wrote
                        "log-1", // and for the segments it made
                        "19700102F.cq4", // with its end mark
                        "19700103F.cq4",
                        "log-1",
                        "19700104F.precreated.tmp",
                        "hardstate",
                        "hardstate"),
                sync.forced.subList(0, 11));
    }

    @Test
    void notInUseAfterClose() {
        ChronicleStorage storage = SmallLog.open(directory);
        storage.close();
        storage.close();
        assertThrows(StorageException.class, () -> storage.persist(VOTE, List.of()));
        assertFalse(Files.exists(directory.resolve("log-2")));
    }

    private static int sizeOf(List<Entry> entries) {
        return entries.stream().mapToInt(Entry::sizeBytes).sum();
    }

    private static void assertMentions(StorageException exception, String... words) {
        for (String word : words) {
            assertTrue(String.valueOf(exception.getMessage()).contains(word), exception.getMessage());
        }
    }
}
