package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.NoRoomException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that are there before the queue wants them. */
class NextSegmentsTest {
    private static final SegmentSize SIZE = SegmentSize.of(SmallLog.OPTIONS);

    @TempDir
    private Path directory;

    private boolean full;

    private void force() throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    private NextSegments open(int next) throws IOException {
        return NextSegments.open(directory, SIZE, (file, channel, metadata) -> force(), new DirectBackground(), next);
    }

    @Test
    void laidOutFileHasItsNameAndItsSizeAndIsKeptForTheNextStart() throws IOException {
        assertTrue(open(3).have(2));
        assertEquals(List.of("19700104F.precreated", "19700105F.precreated"), names());
        assertEquals(SIZE.fileBytes(), Files.size(directory.resolve("19700104F.precreated")));
        full = true;
        assertTrue(open(3).have(2), "nothing is to be done");
        assertFalse(open(3).have(3));
        assertTrue(open(4).have(1));
        assertEquals(List.of("19700105F.precreated"), names(), "what comes no more is deleted");
    }

    @Test
    void whatIsNotWhatItShouldBeIsDeleted() throws IOException {
        Files.write(directory.resolve("19700104F.precreated"), new byte[100]);
        Files.write(directory.resolve("19700104F.precreated.tmp"), new byte[100]);
        assertEquals(0, open(3).bytes());
        assertEquals(List.of(), names());
        assertTrue(open(3).have(1));
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("19700104F.precreated").toFile(), "rw")) {
            file.seek(SIZE.fileBytes() - 3);
            file.write(1);
        }
        assertEquals(0, open(3).bytes());
        assertEquals(List.of(), names());
    }

    @Test
    void failureLeavesNothingBehindAndIsTriedAgain() throws IOException {
        NextSegments segments = open(3);
        full = true;
        assertFalse(segments.have(1));
        assertEquals(List.of(), names());
        assertTrue(segments.whyMissing().isPresent());
        full = false;
        segments.layOut();
        assertFalse(segments.areMissing());
        assertEquals(3, segments.take());
        assertThrows(IllegalStateException.class, segments::take);
    }

    /** Nothing of the entries is written, the storage goes on to work, and the same is taken later. */
    @Test
    void persistThatFindsNoRoomWritesNothingAndIsNoFailure() {
        DiskSync sync = (file, channel, metadata) -> {
            if (file.toString().contains(".precreated")) {
                force();
            }
        };
        try (ChronicleStorage storage = SmallLog.open(directory, SmallLog.OPTIONS, sync)) {
            full = true;
            long last = 0;
            while (last < 10_000) {
                long first = last + 1;
                try {
                    storage.persist(Optional.empty(), entries(first, first + 99, 1));
                    last += 100;
                } catch (NoRoomException e) {
                    break;
                }
            }
            assertTrue(last > 0 && last < 1000, "it ends somewhere");
            assertEquals(entries(1, last, 1), storage.read(1, Integer.MAX_VALUE));
            long first = last + 1;
            assertThrows(IllegalArgumentException.class, () -> storage.read(first, 100));
            full = false;
            storage.persist(Optional.empty(), entries(first, first + 99, 1));
            assertEquals(entries(1, first + 99, 1), storage.read(1, Integer.MAX_VALUE));
        }
    }

    /** Whatever is written: were a file to grow, it would take space that nobody has asked for. */
    @Test
    void queueNeverExtendsALaidOutFile() throws IOException {
        Random random = new Random(4);
        for (int blockBytes : new int[] {128 << 10, 256 << 10, 1 << 20}) {
            int entryBytesMax = ChronicleStorage.Options.entryBytesMax(blockBytes);
            ChronicleStorage.Options options = new ChronicleStorage.Options(
                    "a", "orders", Durability.MEMORY, 3 * blockBytes + 77, blockBytes, entryBytesMax);
            Path data = directory.resolve("blocks-" + blockBytes);
            try (ChronicleStorage storage = SmallLog.open(data, options, DiskSync.of(Durability.MEMORY))) {
                long index = 1;
                for (int batch = 0; batch < 120; batch++) {
                    int most = random.nextInt(5) == 0 ? entryBytesMax + 1 : 50;
                    List<Entry> entries = new ArrayList<>();
                    for (int i = random.nextInt(most > 50 ? 12 : 900); i >= 0; i--) {
                        byte[] bytes = new byte[random.nextInt(most)];
                        entries.add(new Entry(index++, 1, Entry.Kind.COMMAND, 0, Payload.of(bytes)));
                    }
                    storage.persist(Optional.empty(), entries);
                    assertEquals(List.of(SegmentSize.of(options).fileBytes()), sizes(data.resolve("log-1")));
                }
                assertTrue(Segment.list(data.resolve("log-1")).size() > 3);
            }
        }
    }

    @Test
    void defaultsWasteLittle() {
        ChronicleStorage.Options options = ChronicleStorage.Options.of("a", "orders", Durability.DISK);
        assertEquals(50 << 20, SegmentSize.of(options).fileBytes());
    }

    private static List<Long> sizes(Path log) throws IOException {
        TreeSet<Long> sizes = new TreeSet<>();
        for (Segment segment : Segment.list(log)) {
            sizes.add(Files.size(segment.file()));
        }
        return List.copyOf(sizes);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
