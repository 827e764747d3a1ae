package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.StorageException;
import dev.outrigger.agent.storage.chronicle.UnforcedTail.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a failed force leaves in the page cache, where it looks as if it were on the disk. */
class UnforcedTailTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(0);

    @TempDir
    private Path directory;

    @Test
    void whatAFailedForceLeftIsWrittenAgainBeforeTheForceThatCounts() throws IOException {
        leaveUnforced(31, 40);
        Path segment = log().resolve(Segment.fileName(1));
        byte[] before = Files.readAllBytes(segment);
        Files.setLastModifiedTime(segment, LONG_AGO);
        List<Boolean> writtenBeforeForce = new ArrayList<>();
        DiskSync sync = (file, channel, metadata) -> {
            if (file.equals(segment)) {
                writtenBeforeForce.add(!Files.getLastModifiedTime(file).equals(LONG_AGO));
            }
            channel.force(metadata);
        };
        LogScan scan = LogScan.of(log(), codec());
        new UnforcedTail(codec(), floor()).rewrite(scan);
        sync.forceFile(segment);
        assertEquals(List.of(true), writtenBeforeForce);
        assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(segment)), "the same bytes");

        Files.setLastModifiedTime(segment, LONG_AGO);
        writtenBeforeForce.clear();
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            assertTrue(writtenBeforeForce.get(0), "at a start too");
            assertEquals(entries(1, 40, 1), storage.read(1, Integer.MAX_VALUE));
        }
    }

    @Test
    void itBeginsWithTheLastRecordKnownDurable() throws IOException {
        leaveUnforced(31, 40);
        TreeMap<Long, Long> offsets = offsets(1);
        long durable = 1 + 30; // the header, and what was acknowledged
        LogScan scan = LogScan.of(log(), codec());
        assertEquals(durable, scan.promised(), "the records know it, whatever the hard state says");
        Path segment = log().resolve(Segment.fileName(1));
        long end = scan.spans().get(0).bytes();
        assertEquals(
                List.of(
                        new Range(segment, 0, SegmentSize.HEAD_BYTES),
                        new Range(segment, offsets.getOrDefault(durable, -1L), end + Integer.BYTES)),
                new UnforcedTail(codec(), durable).ranges(scan));
    }

    /** The end mark of a segment comes after its last record, and may be all that was not forced. */
    @Test
    void endOfTheSegmentBeforeIsConcernedToo() throws IOException {
        SmallLog.open(directory).close();
        SmallLog.open(directory).close();
        LogScan scan = LogScan.of(log(), codec());
        List<String> files = new UnforcedTail(codec(), 1)
                .ranges(scan).stream()
                        .map(range -> range.file().getFileName().toString())
                        .distinct()
                        .toList();
        assertEquals(List.of(Segment.fileName(1), Segment.fileName(2)), files);
    }

    @Test
    void afterACleanEndItIsOneRecord() throws IOException {
        try (ChronicleStorage storage = SmallLog.open(directory)) {
            SmallLog.append(storage, 1, 500, 1);
        }
        LogScan scan = LogScan.of(log(), codec());
        List<Range> ranges = new UnforcedTail(codec(), floor()).ranges(scan);
        assertEquals(2, ranges.size());
        assertEquals(scan.lastFile().orElseThrow(), ranges.get(1).file());
        assertEquals(
                offsets(scan.lastCycle()).getOrDefault(floor(), -1L),
                ranges.get(1).from());
    }

    private void leaveUnforced(long firstIndex, long lastIndex) {
        FailingSync sync = new FailingSync();
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            storage.persist(Optional.empty(), entries(1, firstIndex - 1, 1));
            sync.fail = true;
            assertThrows(
                    StorageException.class, () -> storage.persist(Optional.empty(), entries(firstIndex, lastIndex, 1)));
        }
    }

    /** Offset of every record in a segment, by its number. */
    private TreeMap<Long, Long> offsets(int cycle) throws IOException {
        TreeMap<Long, Long> offsets = new TreeMap<>();
        for (Segment segment : Segment.list(log())) {
            if (segment.cycle() == cycle) {
                new SegmentWalk(segment, codec())
                        .walk((record, number, offset) -> offsets.put(record.sequence(), offset));
            }
        }
        return offsets;
    }

    private long floor() throws IOException {
        try (HardStateFile file = HardStateFile.open(directory.resolve("hardstate"), DiskSync.DISK)) {
            return file.state().durableSequence();
        }
    }

    private RecordCodec codec() throws IOException {
        return new RecordCodec(DiskIdentity.read(directory.resolve("identity")).storageId());
    }

    private Path log() {
        return directory.resolve("log-1");
    }
}
