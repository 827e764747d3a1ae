package dev.outrigger.agent.storage.chronicle;

import static dev.outrigger.agent.storage.StorageContractTest.entries;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.chronicle.SmallDisk.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks that have not a byte left. Wants to mount file systems, and is skipped where it may not. */
class FullDiskTest {
    private static final ChronicleStorage.Options OPTIONS = SmallLog.options(64 << 10);
    private static final int DISK_BYTES = 12 << 20;

    @TempDir
    private Path work;

    private final FixedSnapshots snapshots = new FixedSnapshots();
    private Optional<SmallDisk> mounted = Optional.empty();
    private long last;

    private SmallDisk mount(Kind kind) throws IOException {
        mounted = SmallDisk.mount(work, kind, DISK_BYTES);
        Assumptions.assumeTrue(mounted.isPresent(), "wants to mount");
        return mounted.get();
    }

    @AfterEach
    void unmount() {
        mounted.ifPresent(SmallDisk::close);
    }

    private ChronicleStorage open(SmallDisk disk) {
        return ChronicleStorage.open(
                disk.directory(),
                OPTIONS,
                new ChronicleStorage.Surroundings(
                        DiskSync.DISK, (path, sync) -> snapshots, Background.thread("small disk")));
    }

    @ParameterizedTest
    @EnumSource
    void everythingAcknowledgedIsThereAndItGoesOnWhenThereIsSpace(Kind kind) throws IOException {
        SmallDisk disk = mount(kind);
        try (ChronicleStorage storage = open(disk)) {
            append(storage, 500);
            await(() -> storage.room().level() == Room.Level.AMPLE);
            disk.fill();
            appendUntilFull(storage);
            assertEquals(Room.Level.NONE, storage.room().level());
            storage.persist(vote(7), List.of());
            assertThrows(NoRoomException.class, () -> storage.persist(vote(8), entries(last + 1, last + 10, 1)));
            assertEquals(entries(1, last, 1), storage.read(1, Integer.MAX_VALUE));
        }
        for (int start = 0; start < 4; start++) {
            try (ChronicleStorage storage = open(disk)) {
                assertEquals(8, storage.recovered().hardState().term());
                SmallLog.assertHolds(
                        storage, entries(1, last, 1), storage.recovered().log().lastIndex());
                appendUntilFull(storage);
            }
        }
        try (ChronicleStorage storage = open(disk)) {
            appendUntilFull(storage);
            disk.free();
            await(() -> storage.room().level() == Room.Level.AMPLE);
            append(storage, 3000);
            assertEquals(entries(1, last, 1), storage.read(1, Integer.MAX_VALUE));
        }
        try (ChronicleStorage storage = open(disk)) {
            SmallLog.assertHolds(
                    storage, entries(1, last, 1), storage.recovered().log().lastIndex());
            append(storage, 10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void compactionMakesRoomOnAFullDisk(Kind kind) throws IOException {
        SmallDisk disk = mount(kind);
        try (ChronicleStorage storage = open(disk)) {
            append(storage, 5000);
            disk.fill();
            appendUntilFull(storage);
            snapshots.whole.add(FixedSnapshots.snapshot(last, 1));
            long first = storage.compact(last + 1);
            assertTrue(first > 4000, () -> "first index is " + first);
            await(() -> storage.room().level() != Room.Level.NONE);
            append(storage, 2000);
            assertEquals(entries(first, last, 1), storage.read(first, Integer.MAX_VALUE));
        }
        try (ChronicleStorage storage = open(disk)) {
            assertEquals(last, storage.recovered().log().lastIndex());
        }
    }

    /** A batch that needs more segments than there is room for is not begun. */
    @ParameterizedTest
    @EnumSource
    void batchOfManySegmentsIsWrittenWholeOrNotAtAll(Kind kind) throws IOException {
        SmallDisk disk = mount(kind);
        try (ChronicleStorage storage = open(disk)) {
            append(storage, 10);
            assertThrows(
                    NoRoomException.class,
                    () -> storage.persist(Optional.empty(), entries(last + 1, last + 80_000, 1)));
            append(storage, 10);
            storage.persist(Optional.empty(), entries(last + 1, last + 8000, 1));
            last += 8000;
        }
        try (ChronicleStorage storage = open(disk)) {
            SmallLog.assertHolds(
                    storage, entries(1, last, 1), storage.recovered().log().lastIndex());
        }
    }

    @ParameterizedTest
    @EnumSource
    void newDiskThatIsFullSaysSo(Kind kind) throws IOException {
        SmallDisk disk = mount(kind);
        disk.fill();
        assertThrows(NoRoomException.class, () -> open(disk));
        disk.free();
        try (ChronicleStorage storage = open(disk)) {
            append(storage, 10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void roomIsShortBelowTheReserve(Kind kind) throws IOException {
        SmallDisk disk = mount(kind);
        long reserve = 2 * SegmentSize.of(OPTIONS).fileBytes();
        try (ChronicleStorage storage = open(disk)) {
            await(() -> storage.room().level() == Room.Level.AMPLE);
            snapshots.whole.add(FixedSnapshots.snapshot(1, 1));
            disk.fill();
            await(() -> storage.room().level() == Room.Level.SHORT);
            assertTrue(storage.room().usableBytes() < reserve);
            append(storage, 10);
        }
    }

    private static Optional<HardState> vote(long term) {
        return Optional.of(new HardState(term, Optional.of(new MemberId("b"))));
    }

    private void append(ChronicleStorage storage, int count) {
        SmallLog.append(storage, last + 1, last + count, 1);
        last += count;
    }

    private void appendUntilFull(ChronicleStorage storage) {
        try {
            while (true) {
                storage.persist(Optional.empty(), entries(last + 1, last + 10, 1));
                last += 10;
            }
        } catch (NoRoomException e) {
            // that is what it is for
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it does not come to that");
            Thread.onSpinWait();
        }
    }
}
