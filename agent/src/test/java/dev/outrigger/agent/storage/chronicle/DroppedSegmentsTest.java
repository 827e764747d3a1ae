package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose first segment is gone: dropped because a snapshot holds it, or lost. */
class DroppedSegmentsTest {
    private static final ChronicleStorage.Options OPTIONS = SmallLog.options(1 << 20);

    @TempDir
    private Path directory;

    private Path log;
    private RecordCodec codec;

    @BeforeEach
    void writeThreeSegments() throws IOException {
        for (int start = 0; start < 3; start++) {
            try (ChronicleStorage storage = ChronicleStorage.open(directory, OPTIONS)) {
                SmallLog.append(storage, start * 30L + 1, start * 30L + 30, start + 1);
            }
        }
        log = directory.resolve("log-1");
        codec = new RecordCodec(DiskIdentity.read(directory.resolve("identity")).storageId());
        Files.delete(log.resolve(Segment.fileName(1)));
    }

    @Test
    void logBeginsBehindTheDroppedSegment() throws IOException {
        LogScan scan = LogScan.of(log, codec);
        assertTrue(scan.stop().isEmpty());
        assertEquals(
                new LogOutline(31, 90, List.of(new TermStart(1, 30), new TermStart(2, 31), new TermStart(3, 61)), 90),
                new LogOutline(
                        scan.replay().outline().firstIndex(),
                        scan.replay().lastIndex(),
                        scan.replay().outline().terms(),
                        90));
    }

    @Test
    void snapshotThatReachesTheFirstSegmentLeftMakesUpForTheOthers() throws IOException {
        assertAccepted(snapshot(30, 1));
        assertAccepted(snapshot(31, 2));
        assertAccepted(snapshot(90, 3));
    }

    @Test
    void withoutSuchASnapshotTheFirstSegmentIsLost() throws IOException {
        assertRefused();
        assertRefused(snapshot(29, 1));
        assertRefused(snapshot(30, 2));
        assertRefused(snapshot(91, 3));
    }

    @Test
    void lossBehindTheSnapshotIsALossAllTheSame() throws IOException {
        Files.delete(log.resolve(Segment.fileName(3)));
        StorageException refused = refusal(List.of(snapshot(60, 2)));
        assertTrue(String.valueOf(refused.getMessage()).contains("was durable"), refused.getMessage());
    }

    @Test
    void logThatIsWrittenAnewBeginsAtTheSamePlace() throws IOException {
        LogScan scan = LogScan.of(log, codec);
        try (DataDirectory data = DataDirectory.open(directory, "a", "orders", DiskSync.DISK)) {
            LogScan rewritten =
                    LogRewrite.run(scan, data, new LogSettings(OPTIONS, codec, DiskSync.DISK, new DirectBackground()));
            assertEquals(scan.replay().outline(), rewritten.replay().outline());
            assertEquals(31, rewritten.replay().firstIndex());
        }
    }

    private void assertAccepted(Snapshot snapshot) throws IOException {
        LogScan scan = LogScan.of(log, codec);
        assertDoesNotThrow(() -> LogRecovery.mustHoldWhatWasDurable(scan, floor(), List.of(snapshot), log));
    }

    private void assertRefused(Snapshot... snapshots) throws IOException {
        StorageException refused = refusal(List.of(snapshots));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(Segment.fileName(2)), message);
    }

    private StorageException refusal(List<Snapshot> snapshots) throws IOException {
        LogScan scan = LogScan.of(log, codec);
        return assertThrows(
                StorageException.class, () -> LogRecovery.mustHoldWhatWasDurable(scan, floor(), snapshots, log));
    }

    private long floor() throws IOException {
        try (HardStateFile file = HardStateFile.open(directory.resolve("hardstate"), DiskSync.DISK)) {
            return file.state().durableSequence();
        }
    }

    private static Snapshot snapshot(long index, long term) {
        return new Snapshot(index, term, 0, Configuration.of(List.of(new MemberId("a"))), 0, 0);
    }
}
