package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loses power again and again, at any force there is, while snapshots are taken, received and dropped. One that was
 * acknowledged and not dropped must be there, and what is there must be what it was.
 */
class SnapshotCrashTest {
    private static final int SEEDS = 60;
    private static final int LOSSES_EACH = 8;
    private static final int CONTENT_BYTES_MAX = 150_000;

    @TempDir
    private Path work;

    @Test
    void anAcknowledgedSnapshotOutlivesEveryLossOfPower() throws IOException {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new Life(Files.createDirectory(work.resolve("seed-" + seed)), new Random(seed)).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Life {
        private final Path home;
        private final Random random;
        private final SnapshotDirectory sender;
        /** What was acknowledged last, not dropped since: nothing but a newer one may take its place. */
        private Optional<Snapshot> acknowledged = Optional.empty();

        private long next = 1;

        Life(Path home, Random random) throws IOException {
            this.home = home;
            this.random = random;
            this.sender = SnapshotDirectory.open(home.resolve("sender"), DiskSync.MEMORY);
        }

        void live() throws IOException {
            Path root = Files.createDirectory(home.resolve("0"));
            for (int loss = 1; loss <= LOSSES_EACH; loss++) {
                Path image = home.resolve(Integer.toString(loss));
                PowerLoss sync = new PowerLoss(root, image, random.nextInt(12), random);
                while (!Files.exists(image)) {
                    sync.restart();
                    runUntilTheEnd(root.resolve("snap"), sync);
                }
                root = image;
            }
            check(SnapshotDirectory.open(root.resolve("snap"), DiskSync.MEMORY));
        }

        private void runUntilTheEnd(Path directory, DiskSync sync) throws IOException {
            try {
                SnapshotDirectory snapshots = SnapshotDirectory.open(directory, sync);
                check(snapshots);
                while (true) {
                    Snapshot snapshot = random.nextBoolean() ? take(snapshots) : receive(snapshots);
                    acknowledged = Optional.of(snapshot);
                    if (random.nextBoolean()) {
                        snapshots.dropOlderThan(snapshot);
                    }
                }
            } catch (PowerLoss.End e) {
                // while it was opened
            } catch (StorageException e) {
                if (!(e.getCause() instanceof PowerLoss.End)) {
                    throw e;
                }
            }
        }

        private Snapshot take(SnapshotDirectory snapshots) {
            long index = next++;
            return SnapshotDirectoryTest.take(snapshots, index, content(index));
        }

        private Snapshot receive(SnapshotDirectory snapshots) {
            long index = next - random.nextInt(2); // it may be that the last one broke off
            next = index + 1;
            Snapshot sent = SnapshotDirectoryTest.take(sender, Math.max(1, index), content(Math.max(1, index)));
            long here = 0;
            while (here < sent.bytes()) {
                Payload piece = sender.read(sent, here, 1 + random.nextInt(CONTENT_BYTES_MAX))
                        .orElseThrow();
                here = snapshots.put(sent, here, piece);
            }
            return sent;
        }

        private static byte[] content(long index) {
            return SnapshotDirectoryTest.content(index, new Random(index).nextInt(CONTENT_BYTES_MAX));
        }

        private void check(SnapshotDirectory snapshots) throws IOException {
            List<Long> found = new ArrayList<>();
            for (Snapshot snapshot : snapshots.whole()) {
                found.add(snapshot.index());
                try (InputStream stream = snapshots.open(snapshot).orElseThrow()) {
                    assertArrayEquals(content(snapshot.index()), stream.readAllBytes());
                }
            }
            acknowledged.ifPresent(last ->
                    assertTrue(snapshots.whole().contains(last), () -> last.index() + " is not among " + found));
        }
    }
}
