package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.storage.BackupDamage;
import dev.outrigger.agent.storage.BackupDecoder;
import dev.outrigger.agent.storage.BackupSeal;
import dev.outrigger.agent.storage.SnapshotHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnapshotDecoderTest {
    private static final int PREFACE_BYTES = SnapshotPreface.encode(Backups.head("kv/1")).length;
    private static final int FIRST_BLOCK_BYTES = SnapshotBlock.DATA_BYTES_MAX - PREFACE_BYTES;

    private final SplittableRandom random = new SplittableRandom(7);
    private final ByteArrayOutputStream app = new ByteArrayOutputStream();
    private final List<SnapshotHead> heads = new ArrayList<>();

    @Test
    void handsOnWhatIsInABackupOfAnySizeInPiecesOfAnySize() {
        for (int bytes : List.of(
                0,
                1,
                FIRST_BLOCK_BYTES - 1,
                FIRST_BLOCK_BYTES,
                FIRST_BLOCK_BYTES + 1,
                FIRST_BLOCK_BYTES + SnapshotBlock.DATA_BYTES_MAX,
                500_000)) {
            byte[] sent = random(bytes);
            byte[] backup = Backups.of("kv/1", sent);
            for (int pieceMax : List.of(7, 100_000, 1 << 20)) {
                decode(backup, pieceMax);
                assertArrayEquals(sent, app.toByteArray(), bytes + " bytes");
                assertEquals(List.of(Backups.head("kv/1")), heads);
            }
        }
    }

    @Test
    void everyChangedByteShows() {
        byte[] backup = Backups.of("kv/1", random(3));
        for (int at = 0; at < backup.length; at++) {
            assertDamaged(changed(backup, at));
        }
        byte[] large = Backups.of("kv/1", random(200_000));
        for (int i = 0; i < 300; i++) {
            assertDamaged(changed(large, random.nextInt(large.length)));
        }
    }

    @Test
    void everyCutShowsAlsoBetweenTwoBlocks() {
        byte[] backup = Backups.of("kv/1", random(3));
        for (int length = 0; length < backup.length; length++) {
            assertDamaged(Arrays.copyOf(backup, length));
        }
        byte[] large = Backups.of("kv/1", random(200_000));
        assertDamaged(Arrays.copyOf(large, SnapshotBlock.BYTES));
        assertDamaged(Arrays.copyOf(large, 2 * SnapshotBlock.BYTES));
        assertDamaged(Arrays.copyOf(large, large.length - BackupSeal.BYTES));
    }

    @Test
    void whatFollowsTheSealShows() {
        byte[] backup = Backups.of("kv/1", random(3));
        assertDamaged(Arrays.copyOf(backup, backup.length + 1));
        assertDamaged(joined(backup, backup));
    }

    @Test
    void aBlockThatIsMissingOrTwiceThereShows() {
        byte[] large = Backups.of("kv/1", random(200_000));
        byte[] first = Arrays.copyOf(large, SnapshotBlock.BYTES);
        byte[] second = Arrays.copyOfRange(large, SnapshotBlock.BYTES, 2 * SnapshotBlock.BYTES);
        byte[] rest = Arrays.copyOfRange(large, 2 * SnapshotBlock.BYTES, large.length);
        decode(joined(first, second, rest), 1 << 20);
        assertDamaged(joined(first, rest));
        assertDamaged(joined(first, second, second, rest));
        assertDamaged(joined(second, first, rest));
    }

    @Test
    void theMessageNamesTheByte() {
        byte[] large = Backups.of("kv/1", random(200_000));
        String block = assertDamaged(changed(large, SnapshotBlock.BYTES + 5));
        assertTrue(block.contains("at byte 65536"), block);
        String cut = assertDamaged(Arrays.copyOf(large, 70_000));
        assertTrue(cut.contains("byte 70000"), cut);
    }

    private String assertDamaged(byte[] backup) {
        return String.valueOf(
                assertThrows(BackupDamage.class, () -> decode(backup, 100_000)).getMessage());
    }

    private void decode(byte[] backup, int pieceMax) {
        app.reset();
        heads.clear();
        SnapshotDecoder decoder = new SnapshotDecoder(new BackupDecoder.Sink() {
            @Override
            public void head(SnapshotHead head) {
                heads.add(head);
            }

            @Override
            public void data(byte[] array, int offset, int length) {
                app.write(array, offset, length);
            }
        });
        for (int at = 0; at < backup.length; ) {
            int count = Math.min(backup.length - at, 1 + random.nextInt(pieceMax));
            decoder.push(ByteBuffer.wrap(backup, at, count));
            at += count;
        }
        decoder.end();
    }

    private byte[] changed(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
