package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.PutAside;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a damaged data directory: all of it is kept, and no part of it passes for an empty disk. */
class PuttingAsideTest {
    private static final String SEGMENT = "log-1/19700102F.cq4";

    @TempDir
    private Path work;

    @Test
    void keepsAllOfItAndBeginsAnewOnAnotherDisk() throws IOException {
        Path directory = used("data");
        String disk = storageId(directory);
        flip(directory.resolve(SEGMENT));
        Map<String, String> before = content(directory);
        DamagedStorageException damage =
                assertThrows(DamagedStorageException.class, () -> SmallLog.open(directory), "plain opening refuses");
        try (ChronicleStorage storage = repaired(directory)) {
            assertBegunAnew(storage, "x");
            assertNotEquals(disk, storage.recovered().storageId());
            List<PutAside> kept = storage.putAside();
            assertEquals(1, kept.size());
            assertEquals(directory.resolve("damaged-1").toString(), kept.get(0).directory());
            assertTrue(
                    String.valueOf(damage.getMessage()).startsWith(kept.get(0).reason()));
            assertTrue(kept.get(0).reason().contains(SEGMENT), kept.get(0)::reason);
        }
        assertKept(before, directory.resolve("damaged-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "CURRENT", "hardstate", "cluster", "log-1"})
    void whateverIsMissingThatIsDamage(String name) throws IOException {
        Path directory = used("data");
        Files.move(directory.resolve(name), work.resolve("lost"));
        try (ChronicleStorage storage = repaired(directory)) {
            assertBegunAnew(storage, name.equals("cluster") ? "" : "x");
        }
    }

    @Test
    void aSnapshotAloneIsNoEmptyDisk() throws IOException {
        Path directory = used("data");
        Files.createDirectories(directory.resolve("snap"));
        for (String name : List.of("identity", "cluster", "log-1")) {
            Files.move(directory.resolve(name), work.resolve("lost-" + name));
        }
        try (ChronicleStorage storage = repaired(directory)) {
            assertBegunAnew(storage, "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "CURRENT", "hardstate", "cluster"})
    void whateverIsGarbledThatIsDamage(String name) throws IOException {
        Path directory = used("data");
        Files.write(directory.resolve(name), new byte[300]);
        try (ChronicleStorage storage = repaired(directory)) {
            assertBegunAnew(storage, name.equals("cluster") ? "" : "x");
        }
    }

    @Test
    void aDiskThatIsSomebodyElsesIsLeftAlone() throws IOException {
        Path directory = used("data");
        ChronicleStorage.Options other = ChronicleStorage.Options.of("b", "orders", SmallLog.OPTIONS.durability());
        assertThrows(StorageException.class, () -> ChronicleStorage.openOrPutAside(directory, other));
        assertFalse(Files.exists(directory.resolve("damaged-1")));
        SmallLog.open(directory).close();
    }

    /** The root of a volume, for one. */
    @Test
    void whatIsNotOursStaysWhereItIs() throws IOException {
        Path directory = work.resolve("data");
        Files.createDirectories(directory.resolve("lost+found"));
        Files.writeString(directory.resolve("notes.txt"), "of somebody");
        used("data");
        Files.writeString(directory.resolve("cluster.tmp"), "half");
        Files.createDirectories(directory.resolve("snap"));
        flip(directory.resolve(SEGMENT));
        repaired(directory).close();
        assertTrue(Files.exists(directory.resolve("lost+found")));
        assertEquals("of somebody", Files.readString(directory.resolve("notes.txt")));
        assertTrue(Files.exists(directory.resolve("damaged-1").resolve("cluster.tmp")));
        assertTrue(Files.exists(directory.resolve("damaged-1").resolve("snap")));
    }

    @Test
    void aDirectoryThatIsInUseIsLeftAlone() throws IOException {
        Path directory = used("data");
        flip(directory.resolve(SEGMENT));
        DirectoryLock lock = DirectoryLock.take(directory);
        try (lock) {
            assertThrows(StorageException.class, () -> repaired(directory));
        }
        assertFalse(Files.exists(directory.resolve("damaged-1")));
    }

    @Test
    void itRejoinsItsClusterAndNoOther() throws IOException {
        Path directory = used("data");
        flip(directory.resolve(SEGMENT));
        repaired(directory).close();
        try (ChronicleStorage storage = repaired(directory)) {
            assertBegunAnew(storage, "x");
            assertThrows(StorageException.class, () -> storage.saveCluster(cluster("y")));
        }
        try (ChronicleStorage storage = repaired(directory)) {
            storage.saveCluster(cluster("x"));
        }
        DirectoryContent.delete(directory.resolve("damaged-1"));
        try (ChronicleStorage storage = repaired(directory)) {
            assertEquals(List.of(), storage.putAside());
            assertEquals(Optional.of("x"), storage.rejoins(), "the mark stays for ever");
            assertEquals(Optional.of(cluster("x")), storage.recovered().cluster());
        }
    }

    @Test
    void damageThatComesAgainKeepsWhatIsKnownOfTheCluster() throws IOException {
        Path directory = used("data");
        flip(directory.resolve(SEGMENT));
        repaired(directory).close();
        Files.delete(directory.resolve("hardstate"));
        try (ChronicleStorage storage = repaired(directory)) {
            assertBegunAnew(storage, "x");
            assertEquals(2, storage.putAside().size());
        }
    }

    @Test
    void theOldestIsDeletedWhenThereAreTooMany() throws IOException {
        Path directory = used("data");
        for (int i = 1; i <= PuttingAside.KEPT_MAX + 1; i++) {
            Files.delete(directory.resolve("hardstate"));
            try (ChronicleStorage storage = repaired(directory)) {
                storage.saveCluster(cluster("x"));
                assertEquals(
                        Math.min(i, PuttingAside.KEPT_MAX), storage.putAside().size());
            }
        }
        assertFalse(Files.exists(directory.resolve("damaged-1")));
        assertTrue(Files.exists(directory.resolve("damaged-4")));
    }

    /** A disk that spoils whatever is put on it must not drive the one content of value out. */
    @Test
    void nothingIsDeletedForADiskThatNeverCameBack() throws IOException {
        Path directory = used("data");
        for (int i = 1; i <= PuttingAside.KEPT_MAX; i++) {
            Files.delete(directory.resolve("hardstate"));
            repaired(directory).close();
        }
        Files.delete(directory.resolve("hardstate"));
        StorageException refused = assertThrows(StorageException.class, () -> repaired(directory));
        assertTrue(String.valueOf(refused.getMessage()).contains("Check the disk"), refused::getMessage);
        assertTrue(Files.exists(directory.resolve("damaged-1").resolve(SEGMENT)));
    }

    /** A crash before each force in turn, and a second one on the way back. */
    @Test
    void aCrashAtAnyStepLosesNothingAndNeverLeavesAnEmptyDisk() throws IOException {
        Path template = used("template");
        flip(template.resolve(SEGMENT));
        Map<String, String> before = content(template);
        int steps = 0;
        for (boolean over = false; !over; steps++) {
            Path directory = work.resolve("crash-" + steps);
            DirectoryContent.copy(template, directory);
            over = !crashes(directory, steps);
            if (over) {
                break;
            }
            crashes(directory, steps / 2);
            assertNotEmpty(directory);
            try (ChronicleStorage storage = repaired(directory)) {
                assertBegunAnew(storage, "x");
                assertEquals(1, storage.putAside().size(), "after a crash at step " + steps);
            }
            assertKept(before, directory.resolve("damaged-1"));
        }
        assertTrue(steps > 20, "steps: " + steps);
    }

    @Test
    void aNoteThatCannotBeReadIsNoReasonToForget() throws IOException {
        Path directory = used("data");
        flip(directory.resolve(SEGMENT));
        assertTrue(crashes(directory, 6));
        Files.write(directory.resolve("putting-aside"), new byte[20]);
        try (ChronicleStorage storage = repaired(directory)) {
            assertTrue(storage.rejoins().isPresent());
            assertEquals(0, storage.recovered().log().lastIndex());
        }
    }

    /** Whatever a plain opening says at any time, it never says that this is a disk which was never used. */
    private static void assertNotEmpty(Path directory) {
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            assertTrue(storage.rejoins().isPresent(), "an empty disk");
        } catch (DamagedStorageException refused) {
            assertTrue(Files.exists(directory));
        }
    }

    /** Whether an opening that puts aside met the crash before its force number {@code steps}. */
    private static boolean crashes(Path directory, int steps) {
        int[] left = {steps};
        DiskSync sync = (file, channel, metadata) -> crashWhenDue(left, channel);
        try {
            ChronicleStorage.openOrPutAside(
                            directory,
                            SmallLog.OPTIONS,
                            () -> new ChronicleStorage.Surroundings(
                                    sync, SnapshotDirectory::open, new DirectBackground()))
                    .close();
            return false;
        } catch (StorageException | NoRoomException crash) {
            return true;
        }
    }

    private static void crashWhenDue(int[] left, FileChannel channel) throws IOException {
        if (left[0]-- <= 0) {
            throw new IOException("the process ends here, with " + channel);
        }
    }

    private static void assertBegunAnew(ChronicleStorage storage, String clusterId) {
        assertEquals(Optional.of(clusterId), storage.rejoins());
        assertEquals(Optional.empty(), storage.recovered().cluster());
        assertEquals(0, storage.recovered().log().lastIndex());
        assertEquals(HardState.INITIAL, storage.recovered().hardState());
    }

    private static void assertKept(Map<String, String> before, Path damaged) throws IOException {
        Map<String, String> kept = content(damaged);
        kept.remove("reason");
        assertEquals(before, kept);
    }

    private static ChronicleStorage repaired(Path directory) {
        return ChronicleStorage.openOrPutAside(directory, SmallLog.OPTIONS);
    }

    /** A directory with a hundred entries, a vote and a cluster. */
    private Path used(String name) throws IOException {
        Path directory = work.resolve(name);
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            storage.saveCluster(cluster("x"));
            storage.persist(Optional.of(new HardState(1, Optional.of(new MemberId("a")))), List.of());
            SmallLog.append(storage, 1, 100, 1);
        }
        return directory;
    }

    private static String storageId(Path directory) {
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            return storage.recovered().storageId();
        }
    }

    private static ClusterIdentity cluster(String id) {
        return new ClusterIdentity(
                "orders", id, List.of(new ClusterIdentity.Member(new MemberId("a"), "ha:1", "disk-a")));
    }

    /** One bit of a record that is not the last. */
    private static void flip(Path segment) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        bytes[end - 1000] ^= 1;
        Files.write(segment, bytes);
    }

    /** Every file but the lock, with what is in it. */
    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path file : DirectoryContent.files(directory)) {
            String name = directory.relativize(file).toString();
            // The spare space holds nothing, and stays where it is of use.
            if (!name.equals("LOCK") && !name.equals("spare")) {
                content.put(name, java.util.Arrays.hashCode(Files.readAllBytes(file)) + "");
            }
        }
        return content;
    }
}
