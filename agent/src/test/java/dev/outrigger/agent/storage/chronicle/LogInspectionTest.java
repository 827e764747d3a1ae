package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.StorageException;
import dev.outrigger.agent.storage.chronicle.LogInspection.Condition;
import dev.outrigger.agent.storage.chronicle.LogInspection.Finding;
import dev.outrigger.agent.storage.chronicle.LogInspection.Standing;
import dev.outrigger.agent.storage.chronicle.LogInspection.Stop;
import dev.outrigger.agent.storage.chronicle.LogInspection.StoredRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three starts: entries 1 to 40, 41 to 80 with 61 to 65 in the place of 61 to 80, and nothing. */
class LogInspectionTest {
    @TempDir
    private Path work;

    private Path data = Path.of("");
    private List<String> before = List.of();

    @BeforeEach
    void write() throws IOException {
        data = work.resolve("data");
        try (ChronicleStorage storage = SmallLog.open(data)) {
            storage.saveCluster(cluster());
            storage.persist(Optional.of(new HardState(1, Optional.of(new MemberId("b")))), List.of());
            SmallLog.append(storage, 1, 40, 1);
        }
        try (ChronicleStorage storage = SmallLog.open(data)) {
            SmallLog.append(storage, 41, 80, 1);
            storage.persist(Optional.empty(), entries(61, 65, 2));
            SnapshotDirectoryTest.take((SnapshotDirectory) storage.snapshots(), 5, new byte[100_000]);
        }
        SmallLog.open(data).close();
        before = content();
    }

    private static ClusterIdentity cluster() {
        return new ClusterIdentity(
                "orders", "id-1", List.of(new ClusterIdentity.Member(new MemberId("a"), "h:1", "disk-a")));
    }

    /** After every test but those that say otherwise: nothing was created, deleted or changed. */
    @AfterEach
    void nothingHasChanged() throws IOException {
        assertEquals(before, content());
    }

    private List<String> content() throws IOException {
        List<String> content = new ArrayList<>();
        try (var paths = Files.walk(data)) {
            for (Path path : paths.sorted().toList()) {
                int hash = Files.isRegularFile(path) ? Arrays.hashCode(Files.readAllBytes(path)) : 0;
                content.add(path + " " + hash + " " + Files.getLastModifiedTime(path));
            }
        }
        return content;
    }

    private interface Damage {
        void to(Path data) throws IOException;
    }

    private void damage(Damage damage) throws IOException {
        damage.to(data);
        before = content();
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 4);
        }
    }

    private List<Finding> verify() {
        try (LogInspection inspection = LogInspection.open(data)) {
            return inspection.verify();
        }
    }

    private Finding only(Condition condition) {
        List<Finding> found = verify().stream()
                .filter(finding -> finding.condition() == condition)
                .toList();
        assertEquals(1, found.size(), found::toString);
        return found.get(0);
    }

    private List<StoredRecord> dump() {
        List<StoredRecord> records = new ArrayList<>();
        try (LogInspection inspection = LogInspection.open(data)) {
            assertEquals(Optional.empty(), inspection.dump(records::add));
        }
        return records;
    }

    private List<Path> segments() throws IOException {
        return Segment.list(data.resolve("log-1")).stream().map(Segment::file).toList();
    }

    @Test
    void wholeDirectory() {
        List<Finding> findings = verify();
        assertEquals(
                List.of("identity", "hardstate", "CURRENT", "snapshot", "log", "cluster"),
                findings.stream().map(Finding::part).toList());
        assertTrue(findings.stream().allMatch(finding -> finding.condition() == Condition.WHOLE), findings::toString);
        String all = findings.stream().map(Finding::detail).collect(Collectors.joining("; "));
        assertTrue(all.contains("node a of cluster orders"), all);
        assertTrue(all.contains("term 1, vote b, start 3"), all);
        assertTrue(all.contains("index 1 to 65"), all);
        assertTrue(all.contains("cluster orders, id id-1"), all);
        assertTrue(all.contains("index 5, term 3"), all);
    }

    @Test
    void dumpShowsEveryRecordInItsPlace() throws IOException {
        List<StoredRecord> records = dump();
        List<Entry> live = records.stream()
                .filter(record -> record.standing() == Standing.LIVE)
                .map(record -> record.record().entry())
                .toList();
        List<Entry> expected = new ArrayList<>(entries(1, 60, 1));
        expected.addAll(entries(61, 65, 2));
        assertEquals(expected, live);
        assertEquals(
                entries(61, 80, 1),
                records.stream()
                        .filter(record -> record.standing() == Standing.SUPERSEDED)
                        .map(record -> record.record().entry())
                        .toList());
        for (int i = 0; i < records.size(); i++) {
            assertEquals(i + 1, records.get(i).record().sequence());
        }
        StoredRecord some = records.get(30);
        byte[] bytes = Files.readAllBytes(some.segment());
        int dataAt = (int) some.offset() + 4 + 52;
        byte[] there =
                Arrays.copyOfRange(bytes, dataAt, dataAt + some.record().data().length());
        assertEquals(some.record().data(), Payload.of(there));
    }

    @Test
    void aRecordThatRottedIsNamedWithFileAndByte() throws IOException {
        StoredRecord victim = dump().get(50);
        damage(root -> flip(victim.segment(), victim.offset() + 60));
        Finding finding = only(Condition.DAMAGED);
        assertEquals("log", finding.part());
        assertEquals(victim.segment(), finding.file());
        assertEquals(victim.offset(), finding.position().orElseThrow());
        assertTrue(finding.detail().contains("record 51") || finding.detail().contains("record 50 "), finding.detail());
        assertEquals(StorageAdvice.REJOIN, finding.advice());

        List<StoredRecord> read = new ArrayList<>();
        try (LogInspection inspection = LogInspection.open(data)) {
            Stop stop = inspection.dump(read::add).orElseThrow();
            assertEquals(victim.segment(), stop.file());
            assertEquals(victim.offset(), stop.offset());
            assertTrue(stop.reason().contains("checksum"), stop.reason());
        }
        assertEquals(50, read.size());
    }

    @Test
    void aTornEndThatWasNotAcknowledgedIsNoDamage() throws IOException {
        FailingSync sync = new FailingSync();
        try (ChronicleStorage storage = SmallLog.open(data, SmallLog.OPTIONS, sync)) {
            SmallLog.append(storage, 66, 70, 2);
            sync.fail = true;
            assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(71, 80, 2)));
        }
        StoredRecord victim = dump().stream()
                .filter(record -> record.record().index() == 75)
                .reduce((first, last) -> last)
                .orElseThrow();
        damage(root -> flip(victim.segment(), victim.offset() + 60));
        Finding finding = only(Condition.TORN);
        assertEquals(victim.offset(), finding.position().orElseThrow());
        assertTrue(finding.detail().contains("index 1 to 74"), finding.detail());
        assertTrue(verify().stream().noneMatch(other -> other.condition() == Condition.DAMAGED));
    }

    @Test
    void whatIsMissingIsDamage() throws IOException {
        for (String name : List.of("identity", "hardstate", "CURRENT", "cluster")) {
            Path file = data.resolve(name);
            byte[] content = Files.readAllBytes(file);
            damage(root -> Files.delete(file));
            List<Finding> damaged = verify().stream()
                    .filter(finding -> finding.condition() == Condition.DAMAGED)
                    .toList();
            assertEquals(name, damaged.get(0).part());
            assertTrue(damaged.get(0).detail().contains("missing"), damaged::toString);
            damage(root -> Files.write(file, content));
        }
        damage(root -> Files.delete(segments().get(1)));
        assertEquals("log", only(Condition.DAMAGED).part());
    }

    @Test
    void whatRottedIsDamage() throws IOException {
        for (String name : List.of("identity", "CURRENT", "cluster")) {
            Path file = data.resolve(name);
            damage(root -> flip(file, 9));
            List<Finding> damaged = verify().stream()
                    .filter(finding -> finding.condition() == Condition.DAMAGED)
                    .toList();
            assertEquals(file, damaged.get(0).file());
            damage(root -> flip(file, 9));
        }
        Path hardState = data.resolve("hardstate");
        damage(root -> flip(hardState, 4096 + 20));
        assertEquals(4096, only(Condition.TORN).position().orElseThrow());
        damage(root -> flip(hardState, 20));
        assertEquals("hardstate", only(Condition.DAMAGED).part());
    }

    @Test
    void snapshotsAreReadAndWhatIsNotFinishedIsNamed() throws IOException {
        Path snap = data.resolve("snap");
        Path file = Files.list(snap).findFirst().orElseThrow();
        damage(root -> {
            flip(file, 70_000);
            Files.write(snap.resolve("draft.tmp"), new byte[10]);
        });
        Finding rotten = only(Condition.DAMAGED);
        assertEquals(file, rotten.file());
        assertTrue(rotten.detail().contains("at byte 65536"), rotten.detail());
        assertEquals(snap.resolve("draft.tmp"), only(Condition.TORN).file());
    }

    /** A log that begins behind a snapshot is damaged without it. */
    @Test
    void aLogWithoutTheSnapshotItFollowsFromIsDamaged() throws IOException {
        Path file = Files.list(data.resolve("snap")).findFirst().orElseThrow();
        try (ChronicleStorage storage = SmallLog.open(data)) {
            SnapshotDirectory snapshots = (SnapshotDirectory) storage.snapshots();
            Snapshot snapshot = SnapshotDirectoryTest.take(snapshots, 90, new byte[10]);
            storage.persist(Optional.empty(), Optional.of(snapshot), List.of());
            storage.compact(91);
            snapshots.dropOlderThan(snapshot);
        }
        damage(root -> {});
        assertTrue(verify().stream().allMatch(finding -> finding.condition() == Condition.WHOLE));
        assertTrue(!Files.exists(file));
        damage(root -> flip(Files.list(root.resolve("snap")).findFirst().orElseThrow(), 50));
        List<String> damaged = verify().stream()
                .filter(finding -> finding.condition() == Condition.DAMAGED)
                .map(Finding::part)
                .toList();
        assertEquals(List.of("snapshot", "log"), damaged);
    }

    @Test
    void aDirectoryThatIsNoneIsRefused() throws IOException {
        StorageException refused = assertThrows(StorageException.class, () -> LogInspection.open(work));
        assertTrue(String.valueOf(refused.getMessage()).contains("is not the data directory"));
        assertThrows(StorageException.class, () -> LogInspection.open(work.resolve("nowhere")));
        assertTrue(Files.notExists(work.resolve("nowhere")));
    }

    @Test
    void aDirectoryInUseIsRefused() throws Exception {
        try (ChronicleStorage storage = SmallLog.open(data)) {
            assertInUse();
            assertEquals(3 + 1, storage.recovered().bootEpoch());
        }
        Process child = ChildJvm.start(AppendChild.class, data.toString(), "8192", "1");
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.startsWith("@written")) {
                line = lines.readLine();
            }
            assertInUse();
        } finally {
            child.destroyForcibly().waitFor();
        }
        before = content();
        verify();
    }

    private void assertInUse() {
        StorageException refused = assertThrows(StorageException.class, () -> LogInspection.open(data));
        assertTrue(String.valueOf(refused.getMessage()).contains("is in use by an agent"));
    }

    @Test
    void noAgentStartsWhileSomebodyLooks() throws IOException {
        LogInspection inspection = LogInspection.open(data);
        assertThrows(StorageException.class, () -> SmallLog.open(data));
        inspection.close();
        SmallLog.open(data).close();
        before = content();
    }

    @Test
    void aCopyWithoutItsLockFileIsReadAllTheSame() throws IOException {
        damage(root -> Files.delete(root.resolve("LOCK")));
        assertTrue(verify().stream().allMatch(finding -> finding.condition() == Condition.WHOLE));
    }
}
