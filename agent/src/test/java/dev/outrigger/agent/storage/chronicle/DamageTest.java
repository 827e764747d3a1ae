package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.storage.DamagedStorageException;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What rots or is lost on the disk. Three segments of one start each: entries 1 to 300, 301 to 600 and 601 to 900, all of
 * them acknowledged; in the tests of a torn tail 31 more were appended, and the power went before their force.
 */
class DamageTest {
    /** It takes milliseconds; the queue by itself would wait for ten seconds and more. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(5);

    private static final ChronicleStorage.Options OPTIONS = SmallLog.options(1 << 20);

    private static final String FIRST = "19700102F.cq4";
    private static final String SECOND = "19700103F.cq4";
    private static final String THIRD = "19700104F.cq4";

    /** After these a segment ends as a whole one does. */
    private static final Set<Damage> SHOWS_IN_THE_NEXT =
            EnumSet.of(Damage.END_MARK_IN_PLACE_OF_RECORD, Damage.FILE_MISSING);

    @TempDir
    private static Path templates;

    @TempDir
    private Path work;

    @BeforeAll
    static void writeLogs() throws IOException {
        Path whole = templates.resolve("whole");
        for (int start = 0; start < 3; start++) {
            try (ChronicleStorage storage = ChronicleStorage.open(whole, OPTIONS)) {
                SmallLog.append(storage, start * 300L + 1, start * 300L + 300, 1);
            }
        }
        Path torn = templates.resolve("torn");
        copy(whole, torn);
        FailingSync sync = new FailingSync();
        try (ChronicleStorage storage = SmallLog.open(torn, OPTIONS, sync)) {
            SmallLog.append(storage, 901, 950, 1);
            sync.fail = true;
            assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(951, 981, 1)));
        }
    }

    /** Each does to one record, given by its number in the file, or to the file, what a bad disk does. */
    enum Damage {
        FILE_CUT_INSIDE_RECORD((file, record) -> file.cut(record.dataStart() + 20)),
        FILE_CUT_AT_RECORD((file, record) -> file.cut(record.start())),
        FILE_CUT_TO_ONE_PAGE((file, record) -> file.cut(4096)),
        FILE_CUT_INSIDE_ITS_HEADER((file, record) -> file.cut(100)),
        FILE_CUT_TO_NOTHING((file, record) -> file.cut(0)),
        ZERO_PAGE_AT_RECORD((file, record) -> file.zero(record.start(), record.start() + 4096)),
        ZERO_PAGE_INSIDE_RECORD((file, record) -> file.zero(record.dataStart() + 9, record.dataStart() + 4105)),
        ZEROS_FROM_RECORD_TO_END((file, record) -> file.zero(record.start(), Integer.MAX_VALUE)),
        BIT_FLIP_IN_DATA((file, record) -> file.flip(record.dataStart() + 53, 3)),
        BIT_FLIP_IN_INDEX((file, record) -> file.flip(record.dataStart() + 33, 0)),
        BIT_FLIP_IN_LENGTH((file, record) -> file.flip(record.start() + 1, 6)),
        RECORD_NOT_COMPLETE((file, record) -> file.flip(record.start() + 3, 7)),
        RECORD_TAKEN_FOR_METADATA((file, record) -> file.flip(record.start() + 3, 6)),
        END_MARK_IN_PLACE_OF_RECORD((file, record) -> file.setWord(record.start(), 0xC0000000)),
        FILE_HEADER_NOT_COMPLETE((file, record) -> file.flip(3, 7)),
        FILE_HEADER_LENGTH((file, record) -> file.flip(1, 5)),
        FILE_MISSING((file, record) -> file.delete());

        private final Step step;

        Damage(Step step) {
            this.step = step;
        }

        private interface Step {
            void apply(DamagedFile file, DamagedFile.Record record) throws IOException;
        }

        void applyTo(Path segment, int record) throws IOException {
            DamagedFile file = new DamagedFile(segment);
            step.apply(file, file.records().get(record));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lossInTheLastSegmentIsRefused(Damage damage) throws IOException {
        Path directory = copyOf("whole");
        damage.applyTo(segment(directory, 3), 100);
        assertRefused(directory, damage == Damage.FILE_MISSING ? SECOND : THIRD);
    }

    @ParameterizedTest
    @EnumSource
    void lossInAnEarlierSegmentIsRefused(Damage damage) throws IOException {
        Path directory = copyOf("whole");
        damage.applyTo(segment(directory, 2), 100);
        assertRefused(directory, SHOWS_IN_THE_NEXT.contains(damage) ? THIRD : SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void lossInTheFirstSegmentIsRefused(Damage damage) throws IOException {
        Path directory = copyOf("whole");
        damage.applyTo(segment(directory, 1), 10);
        assertRefused(directory, SHOWS_IN_THE_NEXT.contains(damage) ? SECOND : FIRST);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_NONE,
            names = {"FILE_MISSING", "FILE_CUT_TO_.*", "FILE_CUT_INSIDE_ITS_HEADER", "FILE_HEADER_.*"})
    void tornTailIsCutOff(Damage damage) throws IOException {
        Path directory = copyOf("torn");
        int headerAndAcknowledged = 1 + 50;
        damage.applyTo(segment(directory, 4), headerAndAcknowledged + 9);
        assertKept(directory, 959);
        assertFalse(Files.exists(directory.resolve("log-2")), "the log was copied");
    }

    /** But for damage that leaves nothing behind it: the last batch of all has no witness. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_NONE,
            names = {"FILE_CUT_INSIDE_RECORD", "FILE_CUT_AT_RECORD", "ZEROS_FROM_RECORD_TO_END"})
    void lossBehindWhichRecordsKnewItToBeDurableIsRefused(Damage damage) throws IOException {
        Path directory = copyOf("torn");
        damage.applyTo(segment(directory, 4), 40);
        assertRefused(directory, damage == Damage.FILE_MISSING ? THIRD : "19700105F.cq4");
    }

    @Test
    void logWithoutDamageIsOpened() throws IOException {
        Path directory = copyOf("torn");
        assertKept(directory, 981);
        assertFalse(Files.exists(directory.resolve("log-2")), "there was nothing to write anew");
    }

    @Test
    void restOfARewriteThatDidNotGetToItsEndIsRemoved() throws IOException {
        Path directory = copyOf("whole");
        copy(directory.resolve("log-1"), directory.resolve("log-2"));
        copy(directory.resolve("log-1"), directory.resolve("log-0"));
        assertKept(directory, 900);
        assertFalse(Files.exists(directory.resolve("log-2")));
        assertFalse(Files.exists(directory.resolve("log-0")));
    }

    @Test
    void logDirectoryThatIsMissingIsRefused() throws IOException {
        Path directory = copyOf("whole");
        Files.move(directory.resolve("log-1"), directory.resolve("lost"));
        assertRefused(directory, "log-1 is missing");
    }

    @Test
    void segmentThatWasPutAsideIsRefused() throws IOException {
        Path directory = copyOf("whole");
        Files.createFile(directory.resolve("log-1").resolve("19700104F.cq4-1764000000000.discard"));
        assertRefused(directory, "19700104F.cq4-1764000000000.discard");
    }

    @Test
    void segmentOfAnotherDiskIsRefused() throws IOException {
        Path other = work.resolve("other");
        try (ChronicleStorage storage = ChronicleStorage.open(other, OPTIONS)) {
            SmallLog.append(storage, 1, 300, 1);
        }
        Path directory = copyOf("whole");
        Files.delete(segment(directory, 1));
        Files.copy(segment(other, 1), segment(directory, 1));
        assertRefused(directory, "19700102F.cq4");
    }

    /** The queue's table of locks and listings holds nothing of value, and would cost a wait of many seconds. */
    @Test
    void tableOfTheQueueDoesNotMatter() throws IOException {
        byte[] junk = new byte[131_072];
        new Random(1).nextBytes(junk);
        for (byte[] content : List.of(new byte[0], new byte[100], junk)) {
            Path directory = copyOf("whole");
            Files.write(directory.resolve("log-1").resolve("metadata.cq4t"), content);
            assertTimeout(REFUSED_WITHIN, () -> assertKept(directory, 900));
            assertFalse(Files.exists(directory.resolve("log-2")), "there was nothing to write anew");
        }
    }

    /** The records are all there, but the queue does not open a file with such a header. */
    @Test
    void segmentWhoseHeaderTheQueueDoesNotTakeIsWrittenAnew() throws IOException {
        for (int segment = 1; segment <= 3; segment++) {
            Path directory = copyOf("whole");
            new DamagedFile(segment(directory, segment)).flip(20, 0);
            assertKept(directory, 900);
            assertTrue(Files.exists(directory.resolve("log-2")));
        }
    }

    /**
     * Entries 4 to 6 of the new term were acknowledged in the place of 4 to 10 of the old one. An index says nothing then:
     * the log is no shorter without them, but with the old entries in it.
     */
    @Test
    void lossOfAcknowledgedRecordsThatSupersededOthersIsRefused() throws IOException {
        Path directory = work.resolve("superseded");
        FailingSync sync = new FailingSync();
        try (ChronicleStorage storage = SmallLog.open(directory, OPTIONS, sync)) {
            storage.persist(Optional.empty(), entries(1, 10, 1));
            storage.persist(Optional.empty(), entries(4, 6, 2));
            sync.fail = true;
            assertThrows(StorageException.class, () -> storage.persist(Optional.empty(), entries(7, 7, 2)));
        }
        Damage.BIT_FLIP_IN_DATA.applyTo(segment(directory, 1), 1 + 10);
        assertRefused(directory, "19700102F.cq4");
    }

    private void assertRefused(Path directory, String named) throws IOException {
        List<String> before = contentOf(directory);
        DamagedStorageException refused = assertTimeout(
                REFUSED_WITHIN,
                () -> assertThrows(DamagedStorageException.class, () -> ChronicleStorage.open(directory, OPTIONS)));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.contains("let the member rejoin with an empty one"), message);
        assertEquals(before, contentOf(directory), "what is refused stays as it is");
        assertThrows(StorageException.class, () -> ChronicleStorage.open(directory, OPTIONS), "and stays refused");
    }

    private static void assertKept(Path directory, long lastIndex) {
        try (ChronicleStorage storage = ChronicleStorage.open(directory, OPTIONS)) {
            SmallLog.assertHolds(
                    storage, entries(1, lastIndex, 1), storage.recovered().log().lastIndex());
            SmallLog.append(storage, lastIndex + 1, lastIndex + 20, 1);
        }
        try (ChronicleStorage storage = ChronicleStorage.open(directory, OPTIONS)) {
            SmallLog.assertHolds(
                    storage,
                    entries(1, lastIndex + 20, 1),
                    storage.recovered().log().lastIndex());
        }
    }

    private Path copyOf(String template) throws IOException {
        Path copy = Files.createTempDirectory(work, template);
        copy(templates.resolve(template), copy);
        return copy;
    }

    private static Path segment(Path directory, int cycle) {
        Path log = directory.resolve("log-1");
        return log.resolve("1970010%dF.cq4".formatted(cycle + 1));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static List<String> contentOf(Path directory) throws IOException {
        List<String> content = new ArrayList<>();
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted().toList()) {
                boolean ofInterest = !path.endsWith("LOCK") && Files.isRegularFile(path);
                content.add(path + (ofInterest ? " " + Arrays.hashCode(Files.readAllBytes(path)) : ""));
            }
        }
        return content;
    }

    /** A segment file in the hands of a bad disk. */
    record DamagedFile(Path file) {
        /**
         * @param start where its word of length and state is
         * @param dataStart where its bytes begin
         */
        record Record(int start, int dataStart) {}

        List<Record> records() throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            List<Record> records = new ArrayList<>();
            int word = bytes.getInt(0);
            for (int at = 0; word != 0 && word != 0xC0000000; word = bytes.getInt(at)) {
                if ((word & 0xC0000000) == 0) {
                    records.add(new Record(at, at + 4));
                }
                at += 4 + ((word & 0x3fffffff) + 3) / 4 * 4;
            }
            return records;
        }

        void cut(int size) throws IOException {
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), size));
        }

        void zero(int from, int to) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            Arrays.fill(bytes, from, Math.min(to, bytes.length), (byte) 0);
            Files.write(file, bytes);
        }

        void flip(int at, int bit) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            bytes[at] ^= (byte) (1 << bit);
            Files.write(file, bytes);
        }

        void setWord(int at, int word) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, word);
            Files.write(file, bytes);
        }

        void delete() throws IOException {
            Files.delete(file);
        }
    }
}
