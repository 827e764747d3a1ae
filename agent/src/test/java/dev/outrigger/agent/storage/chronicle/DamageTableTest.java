package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.chronicle.DamageTest.DamagedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the queue by itself answers with a wait of ten seconds and more, with records that are silently missing, or with
 * appends that nobody ever sees. A thousand acknowledged entries in one file; the damage is at the five hundredth record.
 */
class DamageTableTest {
    private static final ChronicleStorage.Options OPTIONS = SmallLog.options(1 << 20);
    private static final Duration NO_WAIT = Duration.ofSeconds(2);
    private static final int DAMAGED_RECORD = 500;

    @TempDir
    private static Path templates;

    private static Duration within = NO_WAIT;

    @TempDir
    private Path work;

    @BeforeAll
    static void writeLog() throws IOException {
        Path whole = templates.resolve("whole");
        try (ChronicleStorage storage = ChronicleStorage.open(whole, OPTIONS)) {
            SmallLog.append(storage, 1, 1000, 1);
        }
        Path opened = templates.resolve("opened");
        copy(whole, opened);
        long start = System.nanoTime();
        ChronicleStorage.open(opened, OPTIONS).close();
        within = NO_WAIT.plusNanos(System.nanoTime() - start);
    }

    private enum End {
        REFUSED,
        ALL_THERE
    }

    private interface Step {
        void damage(Path log, DamagedFile file) throws IOException;
    }

    private enum Row {
        FILE_CUT_INSIDE_RECORD("file cut inside record 500", End.REFUSED, (log, file) -> file.cut(start(file) + 24)),
        CUT_TO_4096_BYTES("cut to 4096 B", End.REFUSED, (log, file) -> file.cut(4096)),
        CUT_TO_100_BYTES("cut to 100 B, in the file header", End.REFUSED, (log, file) -> file.cut(100)),
        CUT_TO_0_BYTES("cut to 0 B", End.REFUSED, (log, file) -> file.cut(0)),
        ZEROS_MID_FILE(
                "4 KB of zeros mid-file", End.REFUSED, (log, file) -> file.zero(start(file), start(file) + 4096)),
        ZEROS_NOT_AT_A_RECORD_START(
                "zeros not at a record start",
                End.REFUSED,
                (log, file) -> file.zero(start(file) + 13, start(file) + 4109)),
        LAST_300_RECORDS_ZEROED(
                "last 300 records zeroed, a stale write position",
                End.REFUSED,
                (log, file) -> file.zero(file.records().get(701).start(), Integer.MAX_VALUE)),
        BIT_FLIP_IN_PAYLOAD("bit flip in payload", End.REFUSED, (log, file) -> file.flip(start(file) + 60, 2)),
        LENGTH_BIT_IN_RECORD_HEADER(
                "length bit flipped in a record header", End.REFUSED, (log, file) -> file.flip(start(file) + 1, 3)),
        WORKING_BIT_IN_RECORD_HEADER(
                "working bit in a record header", End.REFUSED, (log, file) -> file.flip(start(file) + 3, 7)),
        END_MARK_IN_RECORD_HEADER(
                "EOF marker in a record header", End.REFUSED, (log, file) -> file.setWord(start(file), 0xC0000000)),
        METADATA_BIT_IN_RECORD_HEADER(
                "metadata bit in a record header", End.REFUSED, (log, file) -> file.flip(start(file) + 3, 6)),
        LENGTH_BIT_IN_FILE_HEADER("file header length bit", End.REFUSED, (log, file) -> file.flip(1, 2)),
        WORKING_BIT_IN_FILE_HEADER("file header working bit", End.REFUSED, (log, file) -> file.flip(3, 7)),
        TYPE_NAME_IN_FILE_HEADER("file header type name", End.ALL_THERE, (log, file) -> file.flip(typeName(file), 1)),
        METADATA_MISSING("metadata.cq4t missing", End.ALL_THERE, (log, file) -> Files.delete(table(log))),
        METADATA_EMPTY("metadata.cq4t empty", End.ALL_THERE, (log, file) -> Files.write(table(log), new byte[0])),
        METADATA_ZEROS(
                "metadata.cq4t all zeros", End.ALL_THERE, (log, file) -> Files.write(table(log), new byte[131_072])),
        METADATA_RANDOM(
                "metadata.cq4t random bytes", End.ALL_THERE, (log, file) -> Files.write(table(log), randomBytes())),
        METADATA_WORKING_BIT(
                "metadata.cq4t with its working bit set",
                End.ALL_THERE,
                (log, file) -> new DamagedFile(table(log)).flip(3, 7)),
        METADATA_CUT("metadata.cq4t cut to 100 B", End.ALL_THERE, (log, file) -> new DamagedFile(table(log)).cut(100)),
        TRAP_A(
                "killed between the EOF marker in the old file and the creation of the new one",
                End.ALL_THERE,
                (log, file) -> file.setWord(end(file), 0xC0000000)),
        TRAP_B(
                "killed inside a document, and the next process has its id",
                End.ALL_THERE,
                (log, file) -> holdLock(log)),
        TRAP_C(
                "killed while it created a file, whose header never completed",
                End.ALL_THERE,
                (log, file) -> Files.write(next(log), unfinishedFile())),
        TRAP_C_BEFORE_ANYTHING_WAS_WRITTEN(
                "killed when it had taken the file that was laid out",
                End.ALL_THERE,
                (log, file) -> Files.move(log.resolve("19700103F.precreated"), next(log))),
        TRAP_C_EMPTY(
                "killed when it had created an empty file", End.ALL_THERE, (log, file) -> Files.createFile(next(log)));

        private final String words;
        private final End end;
        private final Step step;

        Row(String words, End end, Step step) {
            this.words = words;
            this.end = end;
            this.step = step;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsInAllOrInARefusalAndNeverInAWait(Row row) throws IOException {
        Path directory = work.resolve("data");
        copy(templates.resolve("whole"), directory);
        Path log = directory.resolve("log-1");
        row.step.damage(log, new DamagedFile(log.resolve(Segment.fileName(1))));
        if (row.end == End.REFUSED) {
            assertRefused(directory);
        } else {
            assertAllThere(directory);
        }
    }

    private static void assertRefused(Path directory) {
        DamagedStorageException refused = assertTimeoutPreemptively(
                within,
                () -> assertThrows(DamagedStorageException.class, () -> ChronicleStorage.open(directory, OPTIONS)));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(Segment.fileName(1)), message);
        assertTrue(message.matches("(?s).* byte \\d+.*"), message);
        assertTrue(message.contains("(index 1 to ") || message.contains("(empty)"), message);
        assertTrue(message.contains("record 1001 was durable"), message);
        assertTrue(message.contains("let the member rejoin with an empty one"), message);
    }

    private static void assertAllThere(Path directory) {
        ChronicleStorage opened = assertTimeoutPreemptively(within, () -> ChronicleStorage.open(directory, OPTIONS));
        try (ChronicleStorage storage = opened) {
            SmallLog.assertHolds(
                    storage, entries(1, 1000, 1), storage.recovered().log().lastIndex());
            SmallLog.append(storage, 1001, 1100, 1);
        }
        try (ChronicleStorage storage = ChronicleStorage.open(directory, OPTIONS)) {
            SmallLog.assertHolds(
                    storage, entries(1, 1100, 1), storage.recovered().log().lastIndex());
        }
    }

    private static int start(DamagedFile file) throws IOException {
        return file.records().get(DAMAGED_RECORD).start();
    }

    /** Where the next record would be. */
    private static int end(DamagedFile file) throws IOException {
        byte[] bytes = Files.readAllBytes(file.file());
        int last = file.records().get(1000).start();
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(last);
        return last + Integer.BYTES + (length + 3) / 4 * 4;
    }

    private static int typeName(DamagedFile file) throws IOException {
        String head = new String(Arrays.copyOf(Files.readAllBytes(file.file()), 512), StandardCharsets.ISO_8859_1);
        int name = head.indexOf("SCQStore");
        assertTrue(name > 0, "the header of the file names its type");
        return name;
    }

    private static Path table(Path log) {
        return log.resolve("metadata.cq4t");
    }

    private static Path next(Path log) {
        return log.resolve(Segment.fileName(2));
    }

    private static byte[] unfinishedFile() {
        ByteBuffer bytes = ByteBuffer.allocate(192 << 10).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.putInt(0x80000000).array();
    }

    private static byte[] randomBytes() {
        byte[] bytes = new byte[131_072];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /** Puts a table there in which this very process holds the lock of the writer. */
    private static void holdLock(Path log) throws IOException {
        Path other = log.resolveSibling("other");
        byte[] held;
        try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(other)
                        .rollCycle(RollCycles.FAST_DAILY)
                        .build();
                var appender = queue.createAppender();
                DocumentContext document = appender.writingDocument()) {
            document.wire().bytes().writeInt(0);
            held = Files.readAllBytes(table(other));
        }
        byte[] pid = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) ProcessHandle.current().pid())
                .array();
        assertTrue(
                new String(held, StandardCharsets.ISO_8859_1).contains(new String(pid, StandardCharsets.ISO_8859_1)),
                "the table holds the id of this process");
        assertEquals(131_072, held.length);
        Files.write(table(log), held);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
