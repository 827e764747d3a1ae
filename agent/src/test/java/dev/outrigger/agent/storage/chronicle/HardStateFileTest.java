package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardStateFileTest {
    private static final StoredState OLD = state(4, "b");
    private static final StoredState NEW = state(5, "c".repeat(63));

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void create() throws IOException {
        file = directory.resolve("hardstate");
        HardStateFile.create(file, DiskSync.DISK);
    }

    @Test
    void newFileKnowsNothing() throws IOException {
        assertEquals(StoredState.INITIAL, read());
        assertEquals(2 * HardStateSlot.BYTES, Files.size(file));
    }

    @Test
    void latestStateIsThereAgain() throws IOException {
        write(OLD);
        assertEquals(OLD, read());
        write(NEW);
        assertEquals(NEW, read());
    }

    @Test
    void oneRottenCopyDoesNotBringAnOlderVoteBack() throws IOException {
        write(OLD);
        write(NEW);
        byte[] whole = Files.readAllBytes(file);
        for (int slot = 0; slot < 2; slot++) {
            byte[] damaged = whole.clone();
            damaged[slot * HardStateSlot.BYTES + 16] ^= 4;
            Files.write(file, damaged);
            assertEquals(NEW, read());
        }
    }

    @Test
    void tornWriteLeavesTheStateBefore() throws IOException {
        write(OLD);
        byte[] before = Files.readAllBytes(file);
        write(NEW);
        byte[] torn = Files.readAllBytes(file);
        System.arraycopy(before, HardStateSlot.BYTES, torn, HardStateSlot.BYTES, HardStateSlot.BYTES);
        assertEquals(NEW, readFrom(torn), "the first copy was finished");
        System.arraycopy(before, 512, torn, 512, HardStateSlot.BYTES - 512);
        assertEquals(OLD, readFrom(torn), "only the first sector of the first copy was finished");
    }

    /** A second loss of power must not tear the only copy that the first one left. */
    @Test
    void writeBeginsWithTheCopyThatIsNotWhole() throws IOException {
        write(OLD);
        byte[] whole = Files.readAllBytes(file);
        for (int torn = 0; torn < 2; torn++) {
            byte[] damaged = whole.clone();
            damaged[torn * HardStateSlot.BYTES + 16] ^= 4;
            Files.write(file, damaged);
            DiskSync lastOne = (path, channel, metadata) -> {
                throw new IOException("the power is gone");
            };
            try (HardStateFile open = HardStateFile.open(file, lastOne)) {
                assertThrows(IOException.class, () -> open.write(NEW));
            }
            byte[] after = Files.readAllBytes(file);
            int good = (1 - torn) * HardStateSlot.BYTES;
            assertEquals(
                    -1,
                    Arrays.mismatch(
                            Arrays.copyOfRange(whole, good, good + HardStateSlot.BYTES),
                            Arrays.copyOfRange(after, good, good + HardStateSlot.BYTES)));
        }
    }

    @Test
    void twoRottenCopiesAreRefused() throws IOException {
        write(OLD);
        byte[] damaged = Files.readAllBytes(file);
        damaged[16] ^= 1;
        damaged[HardStateSlot.BYTES + 40] ^= 1;
        StorageException refused = assertThrows(StorageException.class, () -> readFrom(damaged));
        assertTrue(String.valueOf(refused.getMessage()).contains(file.toString()), refused.getMessage());
    }

    @Test
    void everyFlippedBitOfACopyIsNoticed() throws IOException {
        write(OLD);
        byte[] whole = Files.readAllBytes(file);
        whole[HardStateSlot.BYTES] ^= 1; // the second copy is out
        for (int bit = 0; bit < HardStateSlot.BYTES * 8; bit += 61) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThrows(StorageException.class, () -> readFrom(damaged), "bit " + bit);
        }
    }

    @Test
    void fileThatWasCutIsRefused() throws IOException {
        write(OLD);
        try (FileChannel channel = FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.truncate(HardStateSlot.BYTES - 1);
        }
        assertThrows(StorageException.class, this::read);
    }

    private void write(StoredState state) throws IOException {
        try (HardStateFile open = HardStateFile.open(file, DiskSync.DISK)) {
            open.write(state);
        }
    }

    private StoredState readFrom(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        return read();
    }

    private StoredState read() throws IOException {
        try (HardStateFile open = HardStateFile.open(file, DiskSync.DISK)) {
            return open.state();
        }
    }

    private static StoredState state(long term, String vote) {
        return new StoredState(new HardState(term, Optional.of(new MemberId(vote))), 7, 123_456);
    }
}
