package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.RecordCodec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our reader of the queue's files against the queue itself. */
class LogScanTest {
    private static final int BLOCK_BYTES = 256 << 10;

    @TempDir
    private Path directory;

    @Test
    void findsTheSameRecordsInTheSamePlacesAsTheQueue() throws IOException {
        writeRandomLog(new Random(3));
        RecordCodec codec =
                new RecordCodec(DiskIdentity.read(directory.resolve("identity")).storageId());
        Path log = directory.resolve("log-1");

        List<LogRecord> ours = new ArrayList<>();
        List<Long> ourPositions = new ArrayList<>();
        for (Segment segment : Segment.list(log)) {
            new SegmentWalk(segment, codec).walk((record, number, offset) -> {
                ours.add(record);
                ourPositions.add(((long) segment.cycle() << 32) + number);
            });
        }

        List<LogRecord> theirs = new ArrayList<>();
        List<Long> theirPositions = new ArrayList<>();
        try (RecordQueue queue = new RecordQueue(log, BLOCK_BYTES, 1000);
                ExcerptTailer tailer = queue.tailer()) {
            while (readNext(tailer, codec, theirs, theirPositions)) {
                // until the queue has no more
            }
        }
        assertEquals(theirs, ours);
        assertEquals(theirPositions, ourPositions);
    }

    /** What is laid out and not used must not cost a start its time. */
    @Test
    void gigabyteOfZerosIsGoneThroughInNoTime() throws IOException {
        SmallLog.open(directory).close();
        Path file = directory.resolve("log-1").resolve(Segment.fileName(1));
        try (RandomAccessFile segment = new RandomAccessFile(file.toFile(), "rw")) {
            segment.setLength(1L << 30);
        }
        RecordCodec codec =
                new RecordCodec(DiskIdentity.read(directory.resolve("identity")).storageId());
        LogScan.of(directory.resolve("log-1"), codec); // the first time is that of the disk
        LogScan scan = assertTimeout(Duration.ofSeconds(2), () -> LogScan.of(directory.resolve("log-1"), codec));
        assertTrue(scan.stop().isEmpty());
        try (RandomAccessFile segment = new RandomAccessFile(file.toFile(), "rw")) {
            segment.seek((1L << 30) - 5);
            segment.write(1);
        }
        assertTrue(LogScan.of(directory.resolve("log-1"), codec).stop().isPresent(), "nothing is passed over");
    }

    @Test
    void segmentNamesAreThoseOfTheQueue() throws IOException {
        writeRandomLog(new Random(4));
        List<Segment> segments = Segment.list(directory.resolve("log-1"));
        for (int i = 0; i < segments.size(); i++) {
            assertEquals(i + 1, segments.get(i).cycle());
        }
    }

    /** Several starts, segments beyond one block, entries of every size, more of them than one index of the queue takes. */
    private void writeRandomLog(Random random) {
        ChronicleStorage.Options options = new ChronicleStorage.Options(
                "a",
                "orders",
                Durability.MEMORY,
                3 << 20,
                BLOCK_BYTES,
                ChronicleStorage.Options.entryBytesMax(BLOCK_BYTES));
        long last = 0;
        for (int term = 1; term <= 4; term++) {
            try (ChronicleStorage storage = ChronicleStorage.open(directory, options)) {
                for (int batch = 0; batch < 60; batch++) {
                    long first = last + 1 - (random.nextInt(10) == 0 ? Math.min(last, random.nextInt(100)) : 0);
                    List<Entry> entries = randomEntries(random, first, term * 1000L + batch);
                    storage.persist(Optional.empty(), entries);
                    last = first + entries.size() - 1;
                }
            }
        }
    }

    private static List<Entry> randomEntries(Random random, long first, long term) {
        int bytesMax = random.nextInt(20) == 0 ? BLOCK_BYTES / 5 : 60;
        int count = bytesMax > 1000 ? 8 : 1 + random.nextInt(300);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] data = new byte[random.nextInt(bytesMax)];
            random.nextBytes(data);
            entries.add(new Entry(first + i, term, Entry.Kind.COMMAND, 0, Payload.of(data)));
        }
        return entries;
    }

    private static boolean readNext(
            ExcerptTailer tailer, RecordCodec codec, List<LogRecord> records, List<Long> positions) {
        try (DocumentContext document = tailer.readingDocument()) {
            if (!document.isPresent()) {
                return false;
            }
            byte[] bytes = document.wire().bytes().toByteArray();
            records.add(codec.decode(ByteBuffer.wrap(bytes), 0, bytes.length));
            positions.add(document.index());
            return true;
        }
    }
}
