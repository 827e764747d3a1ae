package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore.Draft;
import dev.outrigger.agent.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotDirectoryTest {
    private static final int BLOCK = 64 << 10;
    private static final int BLOCK_DATA = BLOCK - 4;
    private static final Configuration MEMBERS = Configuration.of(List.of(new MemberId("a"), new MemberId("b")));

    @TempDir
    private Path work;

    private final Random random = new Random(7);

    static SnapshotHead head(long index) {
        return new SnapshotHead(
                index, 3, 1000 + index, MEMBERS, "cluster-id", "orders", "json, version\t2", Payload.of(new byte[] {
                    1, 2, 3
                }));
    }

    /** Bytes that follow from the index. */
    static byte[] content(long index, int bytes) {
        byte[] content = new byte[bytes];
        new Random(index).nextBytes(content);
        return content;
    }

    static Snapshot take(SnapshotDirectory snapshots, long index, byte[] content) {
        try (Draft draft = snapshots.begin(head(index))) {
            draft.write(ByteBuffer.wrap(content));
            return draft.finish();
        }
    }

    private SnapshotDirectory open(String name) throws IOException {
        return SnapshotDirectory.open(work.resolve(name), DiskSync.MEMORY);
    }

    private Path onlyFile(String name) throws IOException {
        try (var files = Files.list(work.resolve(name))) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all::toString);
            return all.get(0);
        }
    }

    @Test
    void sessionsAreKeptUntilOthersAreAndDamagedOnesAreNone() throws IOException {
        SnapshotDirectory snapshots = open("sessions");
        assertEquals(Optional.empty(), snapshots.sessions());
        snapshots.keepSessions(Payload.of(new byte[] {1, 2}));
        snapshots.keepSessions(Payload.of(new byte[] {3, 4, 5}));
        assertEquals(
                Optional.of(Payload.of(new byte[] {3, 4, 5})), open("sessions").sessions());
        Path file = onlyFile("sessions");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertEquals(Optional.empty(), snapshots.sessions(), "byte " + at);
            Files.write(file, Arrays.copyOf(whole, at));
            assertEquals(Optional.empty(), snapshots.sessions(), "cut to " + at);
        }
    }

    private static int prefaceBytes() {
        return SnapshotPreface.encode(head(5)).length;
    }

    @Test
    void everySizeAroundTheBordersOfBlocksComesBack() throws IOException {
        for (int blocks = 0; blocks <= 10; blocks += blocks == 2 ? 6 : 1) {
            for (int more = -5; more <= 5; more++) {
                int bytes = blocks * BLOCK_DATA - prefaceBytes() + more;
                if (bytes >= 0) {
                    comesBack("s" + bytes, content(5, bytes));
                }
            }
        }
        comesBack("empty", new byte[0]);
        comesBack("one", new byte[1]);
    }

    private void comesBack(String name, byte[] content) throws IOException {
        Snapshot taken;
        SnapshotDirectory snapshots = open(name);
        try (Draft draft = snapshots.begin(head(5))) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                int count = Math.min(1 + random.nextInt(100_000), rest.remaining());
                ByteBuffer piece = ByteBuffer.allocateDirect(count)
                        .put(rest.slice().limit(count))
                        .flip();
                draft.write(piece);
                assertFalse(piece.hasRemaining());
                rest.position(rest.position() + count);
            }
            assertEquals(content.length, draft.bytes());
            taken = draft.finish();
        }
        holds(snapshots, taken, content);
        holds(open(name), taken, content);
        Path file = onlyFile(name);
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(VirtualSnapshots.checksum(bytes), taken.checksum());
        assertEquals(bytes.length, taken.bytes());
        assertEquals(bytes.length, snapshots.bytesOnDisk());
        int data = prefaceBytes() + content.length;
        assertEquals(data + 4 * ((data + BLOCK_DATA - 1) / BLOCK_DATA), bytes.length);
        assertArrayEquals(bytes, readInPieces(snapshots, taken, 1 + random.nextInt(200_000)));
    }

    private static void holds(SnapshotDirectory snapshots, Snapshot snapshot, byte[] content) throws IOException {
        assertEquals(List.of(snapshot), snapshots.whole());
        assertEquals(Optional.of(head(5)), snapshots.head(snapshot));
        assertEquals(content.length, snapshots.appBytes(snapshot));
        try (InputStream stream = snapshots.open(snapshot).orElseThrow()) {
            assertArrayEquals(content, stream.readAllBytes());
            assertEquals(-1, stream.read());
        }
    }

    private static byte[] readInPieces(SnapshotDirectory snapshots, Snapshot snapshot, int pieceBytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < snapshot.bytes()) {
            Payload piece = snapshots.read(snapshot, all.size(), pieceBytes).orElseThrow();
            assertEquals(Math.min(pieceBytes, snapshot.bytes() - all.size()), piece.length());
            all.writeBytes(piece.array());
        }
        assertEquals(Optional.of(Payload.EMPTY), snapshots.read(snapshot, snapshot.bytes(), 10));
        return all.toByteArray();
    }

    /** What is on disks out there must stay readable: a change of the format is a new version, not this one. */
    @Test
    void formatIsWhatItWas() throws IOException {
        Snapshot taken = take(open("golden"), 5, content(5, 100_000));
        assertEquals(
                "0000000000000005-0000000000000003-6aeca8f2.snapshot",
                onlyFile("golden").getFileName().toString());
        assertEquals(100_000 + prefaceBytes() + 8, taken.bytes());
    }

    /** The checksum of a file made of checksummed blocks easily says nothing but how long it is. */
    @Test
    void checksumTellsContentsOfOneSizeApart() throws IOException {
        SnapshotDirectory snapshots = open("a");
        for (int bytes : new int[] {10, 100_000, BLOCK_DATA - prefaceBytes()}) {
            assertNotEquals(
                    take(snapshots, 5, content(5, bytes)).checksum(),
                    take(snapshots, 5, content(6, bytes)).checksum());
        }
    }

    private interface Rot {
        byte[] of(byte[] file);
    }

    private static Rot flip(long offset) {
        return file -> {
            byte[] rotten = file.clone();
            rotten[(int) offset] ^= 4;
            return rotten;
        };
    }

    private static List<Rot> rots(int size) {
        return List.of(
                flip(0), // the length of the head
                flip(20), // the head
                flip(prefaceBytes() + 10L),
                flip(BLOCK_DATA), // a checksum
                flip(BLOCK), // the first byte of a block
                flip(2 * BLOCK + 5000),
                flip(size - 5L), // the last byte of data
                flip(size - 1L),
                file -> Arrays.copyOf(file, size - 1),
                file -> Arrays.copyOf(file, 2 * BLOCK),
                file -> Arrays.copyOf(file, 2 * BLOCK + 2),
                file -> Arrays.copyOf(file, 2),
                file -> new byte[0],
                file -> Arrays.copyOf(file, size + 1),
                file -> Arrays.copyOf(file, 4 * BLOCK),
                file -> {
                    byte[] swapped = file.clone(); // blocks that are good, but not here
                    System.arraycopy(file, BLOCK, swapped, 0, BLOCK);
                    System.arraycopy(file, 0, swapped, BLOCK, BLOCK);
                    return swapped;
                });
    }

    @Test
    void rotIsFoundAtOpenByReadingAndByTheApplication() throws IOException {
        byte[] content = content(5, 150_000);
        SnapshotDirectory first = open("rot");
        Snapshot taken = take(first, 5, content);
        Path file = onlyFile("rot");
        byte[] good = Files.readAllBytes(file);
        int number = 0;
        for (Rot rot : rots(good.length)) {
            String what = "rot " + number++;
            Files.write(file, good);
            SnapshotDirectory beforehand = open("rot");
            SnapshotDirectory byPieces = open("rot");
            Files.write(file, rot.of(good));

            SnapshotDirectory afterwards = open("rot");
            assertEquals(List.of(), afterwards.whole(), what);
            assertEquals(Optional.empty(), afterwards.read(taken, 0, 10));
            assertEquals(Optional.empty(), afterwards.head(taken));
            assertTrue(Files.exists(file), "it stays until there is a better one");

            assertThrows(IOException.class, () -> restore(beforehand, taken), what);
            assertEquals(List.of(), beforehand.whole(), what);
            if (!what.equals("rot 15")) { // whose blocks are good, so that only the whole shows it
                assertTrue(readAll(byPieces, taken) < taken.bytes(), what);
                assertEquals(List.of(), byPieces.whole(), what);
            }
        }
    }

    private static void restore(SnapshotDirectory snapshots, Snapshot snapshot) throws IOException {
        try (InputStream stream = snapshots.open(snapshot).orElseThrow(() -> new IOException("not there"))) {
            stream.readAllBytes();
        }
    }

    private static long readAll(SnapshotDirectory snapshots, Snapshot snapshot) {
        long offset = 0;
        while (offset < snapshot.bytes()) {
            Optional<Payload> piece = snapshots.read(snapshot, offset, 10_000);
            if (piece.isEmpty()) {
                break;
            }
            offset += piece.get().length();
        }
        return offset;
    }

    @Test
    void rottenSnapshotIsReplacedByAGoodOneOfTheSameName() throws IOException {
        byte[] content = content(5, 1000);
        Snapshot taken = take(open("a"), 5, content);
        Path file = onlyFile("a");
        byte[] good = Files.readAllBytes(file);
        Files.write(file, flip(100).of(good));
        SnapshotDirectory snapshots = open("a");
        assertEquals(taken.bytes(), snapshots.put(taken, 0, Payload.of(good)));
        holds(snapshots, taken, content);
        onlyFile("a");
    }

    @Test
    void anOpenStreamOutlivesTheSnapshot() throws IOException {
        SnapshotDirectory snapshots = open("a");
        byte[] content = content(5, 3_000_000);
        Snapshot old = take(snapshots, 5, content);
        try (InputStream stream = snapshots.open(old).orElseThrow()) {
            Snapshot newer = take(snapshots, 9, content(9, 10));
            snapshots.dropOlderThan(newer);
            assertEquals(List.of(newer), snapshots.whole());
            assertArrayEquals(content, stream.readAllBytes());
        }
        onlyFile("a");
        assertEquals(0, snapshots.appBytes(old));
        assertEquals(Optional.empty(), snapshots.open(old));
    }

    @Test
    void onlyWhatGoesNoFurtherIsDroppedAndNothingForOneThatIsNotHere() throws IOException {
        SnapshotDirectory snapshots = open("a");
        Snapshot five = take(snapshots, 5, content(5, 10));
        Snapshot other = take(snapshots, 7, content(8, 11));
        Snapshot seven = take(snapshots, 7, content(7, 12));
        Snapshot nine = take(snapshots, 9, content(9, 10));
        snapshots.dropOlderThan(new Snapshot(9, 3, 0, MEMBERS, 1, 1));
        assertEquals(4, snapshots.whole().size());
        assertEquals(
                List.of(5L, 7L, 7L, 9L),
                snapshots.whole().stream().map(Snapshot::index).toList());
        Files.write(work.resolve("a").resolve(SnapshotName.of(five).file()), new byte[7]); // rotten goes as well
        snapshots.dropOlderThan(seven);
        assertEquals(List.of(seven, nine), snapshots.whole());
        assertEquals(List.of(seven, nine), open("a").whole());
        assertFalse(snapshots.whole().contains(other));
    }

    @Test
    void draftThatIsNotFinishedLeavesNothing() throws IOException {
        SnapshotDirectory snapshots = open("a");
        Snapshot taken = take(snapshots, 5, content(5, 10));
        try (Draft draft = snapshots.begin(head(6))) {
            draft.write(ByteBuffer.wrap(content(6, 200_000)));
            assertTrue(snapshots.bytesOnDisk() > taken.bytes() + 100_000);
        }
        onlyFile("a");
        assertEquals(taken.bytes(), snapshots.bytesOnDisk());

        Draft forgotten = snapshots.begin(head(6));
        Draft next = snapshots.begin(head(7));
        forgotten.close();
        assertThrows(StorageException.class, () -> forgotten.write(ByteBuffer.allocate(1)));
        assertThrows(StorageException.class, forgotten::finish);
        Snapshot finished = next.finish();
        next.close();
        assertEquals(List.of(taken, finished), snapshots.whole());

        Draft lost = snapshots.begin(head(8));
        lost.write(ByteBuffer.wrap(content(6, 200_000)));
        assertEquals(List.of(taken, finished), open("a").whole());
        try (var files = Files.list(work.resolve("a"))) {
            assertEquals(2, files.count(), "the draft of a process that ended is deleted");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 333, BLOCK - 1, BLOCK, BLOCK + 1, 1 << 20})
    void receivesPiecesOfAnySize(int pieceBytes) throws IOException {
        SnapshotDirectory sender = open("sender");
        byte[] content = content(5, pieceBytes == 1 ? 500 : 200_000);
        Snapshot sent = take(sender, 5, content);
        SnapshotDirectory snapshots = open("a");
        long here = 0;
        while (here < sent.bytes()) {
            assertEquals(List.of(), snapshots.whole());
            assertEquals(here, snapshots.put(sent, here + 1, Payload.of(new byte[1])), "not its place");
            Payload piece = sender.read(sent, here, pieceBytes).orElseThrow();
            here = snapshots.put(sent, here, piece);
            assertEquals(here, snapshots.bytesOnDisk());
        }
        holds(snapshots, sent, content);
        holds(open("a"), sent, content);
        assertEquals(sent.bytes(), snapshots.put(sent, 0, Payload.of(new byte[1])), "a whole one loses nothing");
        assertArrayEquals(Files.readAllBytes(onlyFile("sender")), Files.readAllBytes(onlyFile("a")));
    }

    @Test
    void aPartGoesOnAfterARestartAtAnyOffset() throws IOException {
        for (int contentBytes : new int[] {50, 150_000}) {
            Snapshot sent = take(open("sender" + contentBytes), 5, content(5, contentBytes));
            byte[] file = Files.readAllBytes(onlyFile("sender" + contentBytes));
            for (int cut = 0; cut < file.length; cut += contentBytes == 50 || cut % BLOCK > BLOCK - 6 ? 1 : 1021) {
                resumes(sent, file, cut);
            }
        }
    }

    private void resumes(Snapshot sent, byte[] file, int cut) throws IOException {
        Path directory = Files.createTempDirectory(work, "part");
        SnapshotDirectory before = SnapshotDirectory.open(directory, DiskSync.MEMORY);
        assertEquals(cut, before.put(sent, 0, Payload.of(Arrays.copyOf(file, cut))));
        SnapshotDirectory after = SnapshotDirectory.open(directory, DiskSync.MEMORY);
        long here = after.put(sent, file.length, Payload.EMPTY);
        assertEquals(cut < prefaceBytes() ? 0 : cut, here, "from byte " + cut);
        assertEquals(file.length, after.put(sent, here, Payload.of(Arrays.copyOfRange(file, (int) here, file.length))));
        assertEquals(List.of(sent), after.whole());
    }

    @Test
    void ofARottenPartWhatIsGoodIsKept() throws IOException {
        Snapshot sent = take(open("sender"), 5, content(5, 300_000));
        byte[] file = Files.readAllBytes(onlyFile("sender"));
        byte[] part = Arrays.copyOf(file, 3 * BLOCK + 700);
        for (int rotten : new int[] {30, BLOCK + 9, 2 * BLOCK + 9, 3 * BLOCK + 9}) {
            String name = "a" + rotten;
            open(name).put(sent, 0, Payload.of(part));
            Files.write(onlyFile(name), flip(rotten).of(part));
            SnapshotDirectory snapshots = open(name);
            long here = snapshots.put(sent, file.length, Payload.EMPTY);
            boolean lastBlock = rotten > 3 * BLOCK;
            assertEquals(lastBlock ? part.length : rotten / BLOCK * BLOCK, here);
            long stored = snapshots.put(sent, here, Payload.of(Arrays.copyOfRange(file, (int) here, file.length)));
            // A block that was not complete shows its rot at the end: all of it again.
            assertEquals(lastBlock ? 0 : file.length, stored);
            assertEquals(lastBlock ? 0 : file.length, snapshots.bytesOnDisk());
        }
    }

    @Test
    void aPartThatIsSomethingElseIsDropped() throws IOException {
        Snapshot sent = take(open("sender"), 5, content(5, 300_000));
        byte[] file = Files.readAllBytes(onlyFile("sender"));
        byte[] part = Arrays.copyOf(file, 1000);
        Path directory = work.resolve("a");
        SnapshotName name = SnapshotName.of(sent);
        for (String other : List.of(
                new SnapshotName(6, 3, name.checksum()).partFile(sent.bytes()),
                new SnapshotName(5, 4, name.checksum()).partFile(sent.bytes()),
                name.partFile(999))) {
            open("a");
            Files.write(directory.resolve(other), part);
            assertEquals(0, open("a").bytesOnDisk(), other);
        }
    }

    /** The process ended after the last piece was written and before it was a snapshot. */
    @Test
    void aCompletePartIsFinishedAtOpen() throws IOException {
        byte[] content = content(5, 100_000);
        Snapshot sent = take(open("sender"), 5, content);
        byte[] file = Files.readAllBytes(onlyFile("sender"));
        open("a");
        Path part = work.resolve("a").resolve(SnapshotName.of(sent).partFile(sent.bytes()));
        Files.write(part, file);
        holds(open("a"), sent, content);
        assertFalse(Files.exists(part));
        Files.write(part, flip(70_000).of(file));
        holds(open("a"), sent, content);
        assertFalse(Files.exists(part));
    }

    @Test
    void piecesOfDifferentSnapshotsAreNeverMixed() throws IOException {
        SnapshotDirectory sender = open("sender");
        Snapshot one = take(sender, 5, content(5, 100_000));
        Snapshot other = take(sender, 9, content(9, 100_000));
        SnapshotDirectory snapshots = open("a");
        assertEquals(1000, snapshots.put(one, 0, sender.read(one, 0, 1000).orElseThrow()));
        assertEquals(
                0, snapshots.put(other, 1000, sender.read(other, 1000, 1000).orElseThrow()));
        assertEquals(2000, snapshots.put(one, 1000, sender.read(one, 1000, 1000).orElseThrow()));
        assertEquals(500, snapshots.put(other, 0, sender.read(other, 0, 500).orElseThrow()));
        assertEquals(0, snapshots.put(one, 2000, sender.read(one, 2000, 1000).orElseThrow()));
        assertEquals(500, snapshots.bytesOnDisk());
        int rest = Math.toIntExact(other.bytes());
        assertEquals(
                rest, snapshots.put(other, 500, sender.read(other, 500, rest).orElseThrow()));
        assertEquals(List.of(other), snapshots.whole());
    }

    @Test
    void aSnapshotWithoutItsChecksumIsThrownAway() throws IOException {
        SnapshotDirectory sender = open("sender");
        Snapshot sent = take(sender, 5, content(5, 1000));
        byte[] file = Files.readAllBytes(onlyFile("sender"));
        SnapshotDirectory snapshots = open("a");
        assertEquals(0, snapshots.put(sent, 0, Payload.of(flip(400).of(file))));
        assertEquals(0, snapshots.bytesOnDisk());
        Snapshot wrongTime = new Snapshot(5, 3, 1, MEMBERS, sent.bytes(), sent.checksum());
        assertEquals(0, snapshots.put(wrongTime, 0, Payload.of(file)), "its head says something else");
        assertEquals(List.of(), snapshots.whole());
        assertEquals(sent.bytes(), snapshots.put(sent, 0, Payload.of(file)));
    }

    @Test
    void aFullDiskTakesNothingFromWhatIsWhole() throws IOException {
        Path full = Path.of("/dev/full");
        SnapshotDirectory snapshots = open("a");
        Snapshot taken = take(snapshots, 5, content(5, 1000));
        Path draft = work.resolve("a").resolve("draft.tmp");

        Files.createSymbolicLink(draft, full);
        Draft begun = snapshots.begin(head(6));
        assertThrows(StorageException.class, () -> begun.write(ByteBuffer.wrap(content(6, 100_000))));
        assertThrows(StorageException.class, () -> begun.write(ByteBuffer.allocate(1)));
        assertFalse(Files.isSymbolicLink(draft), "it is removed");

        Files.createSymbolicLink(draft, full);
        Draft small = snapshots.begin(head(6));
        small.write(ByteBuffer.wrap(content(6, 1000)));
        assertThrows(StorageException.class, small::finish);
        assertFalse(Files.isSymbolicLink(draft));
        assertEquals(List.of(taken), snapshots.whole());

        Snapshot sent = take(open("sender"), 9, content(9, 1000));
        Payload file = Payload.of(Files.readAllBytes(onlyFile("sender")));
        Path part = work.resolve("a").resolve(SnapshotName.of(sent).partFile(sent.bytes()));
        Files.createSymbolicLink(part, full);
        assertThrows(StorageException.class, () -> snapshots.put(sent, 0, file));
        Files.delete(part);
        assertEquals(List.of(taken), snapshots.whole());
        assertEquals(taken.bytes(), snapshots.bytesOnDisk());
        assertEquals(List.of(taken), open("a").whole());
    }

    @Test
    void aForceThatFailedIsNotTriedAgain() throws IOException {
        FailingSync sync = new FailingSync();
        SnapshotDirectory snapshots = SnapshotDirectory.open(work.resolve("a"), sync);
        Snapshot taken = take(snapshots, 5, content(5, 1000));
        Snapshot sent = take(open("sender"), 9, content(9, 1000));
        Payload file = Payload.of(Files.readAllBytes(onlyFile("sender")));

        sync.fail = true;
        Draft draft = snapshots.begin(head(6));
        assertThrows(StorageException.class, draft::finish);
        assertThrows(StorageException.class, draft::finish);
        assertEquals(0, sync.forcesAfterFailure);
        assertThrows(StorageException.class, () -> snapshots.put(sent, 0, file));
        sync.fail = false;
        assertEquals(0, snapshots.put(sent, file.length(), Payload.EMPTY), "it begins anew, in another file");
        assertEquals(List.of(taken), snapshots.whole());
        assertEquals(file.length(), snapshots.put(sent, 0, file));
        assertEquals(List.of(taken, sent), open("a").whole());
    }

    @Test
    void whatItDoesNotKnowIsLeftAlone() throws IOException {
        SnapshotDirectory snapshots = open("a");
        Snapshot taken = take(snapshots, 5, content(5, 1000));
        Path other = Files.write(work.resolve("a").resolve("notes.txt"), new byte[3]);
        snapshots.dropOlderThan(taken);
        assertEquals(List.of(taken), open("a").whole());
        assertTrue(Files.exists(other));
    }
}
