package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the power of a real file system in the middle of the work, again and again: a process writes to a disk of its own,
 * the disk is copied as it is at some moment, the copy is mounted and a storage opened on it. What the process had been told
 * to be durable when the copying began must be there.
 *
 * <p>What the file system has sent to the disk counts as written here, whether or not it flushed the disk's cache after
 * that; losing what a disk has in its cache is {@link PowerLoss}'s part.
 */
final class PowerCut {
    /** So many cuts are made in one life of the writer, and so many lives are lived on one file system. */
    private static final int IMAGES_EACH_LIFE = 8;

    private static final int LIVES_EACH_DISK = 2;
    private static final int STEPS_MAX = 60;
    private static final long PAUSE_NANOS_MAX = 3_000_000;
    private static final int LOSSES_SHOWN = 20;

    private final Path work;
    private final Random random;
    private final boolean forces;
    private volatile @Nullable PowerCutDisk current;
    private int images;
    private long acknowledged;
    private long lost;
    private final List<String> losses = new ArrayList<>();

    /**
     * @param work a directory for everything, empty
     * @param forces whether the writer forces what it acknowledges
     */
    PowerCut(Path work, long seed, boolean forces) {
        this.work = work;
        this.random = new Random(seed);
        this.forces = forces;
    }

    /** Arguments: {@code --images N}, {@code --seed S}. */
    public static void main(String[] arguments) throws Exception {
        int images = 20;
        long seed = System.nanoTime();
        for (int i = 0; i < arguments.length; i += 2) {
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (arguments[i]) {
                case "--images" -> images = Integer.parseInt(value);
                case "--seed" -> seed = Long.parseLong(value);
                default -> throw new IllegalArgumentException("there is no " + arguments[i]);
            }
        }
        System.err.println("power cuts of seed " + seed);
        Path work = Files.createTempDirectory("powercut");
        try {
            PowerCutDisk.create(Files.createDirectory(work.resolve("probe"))).close();
        } catch (IOException e) {
            System.err.println("no power can be cut here, since loop devices cannot be mounted: " + e.getMessage());
            System.exit(2);
        }
        PowerCut cut = new PowerCut(work, seed, true);
        Runtime.getRuntime().addShutdownHook(new Thread(cut::closeDisk, "unmount"));
        try {
            cut.run(images);
        } finally {
            cut.cleanUp();
        }
        cut.losses().forEach(System.err::println);
        System.out.println(cut.summary());
        System.exit(cut.lost == 0 && cut.images == images ? 0 : 1);
    }

    /** Makes so many cuts. */
    void run(int wanted) throws IOException {
        for (int disk = 0; images < wanted; disk++) {
            Path place = Files.createDirectory(work.resolve("disk-" + disk));
            long planSeed = random.nextLong();
            try {
                PowerCutDisk cutDisk = PowerCutDisk.create(place);
                current = cutDisk;
                int done = 0;
                for (int life = 0; life < LIVES_EACH_DISK && images < wanted; life++) {
                    int cuts = Math.min(IMAGES_EACH_LIFE, wanted - images);
                    done = new Life(cutDisk, place, planSeed, done).live(cuts);
                }
            } finally {
                closeDisk();
            }
        }
    }

    private void closeDisk() {
        PowerCutDisk used = current;
        current = null;
        if (used != null) {
            used.close();
        }
    }

    String summary() {
        return "{\"images\":%d,\"acknowledged\":%d,\"lost\":%d}".formatted(images, acknowledged, lost);
    }

    long acknowledged() {
        return acknowledged;
    }

    long lost() {
        return lost;
    }

    List<String> losses() {
        return losses;
    }

    private void cleanUp() throws IOException {
        DirectoryContent.delete(work);
    }

    /** How far the writer had come, by what it said. */
    private record Progress(int done, int begun) {}

    /** One process that writes. */
    private final class Life {
        private final PowerCutDisk disk;
        private final Path place;
        private final long planSeed;
        private final Process writer;
        private final List<String> said = new ArrayList<>();
        private int done;
        private int begun;
        private boolean opened;
        private boolean ending;
        private boolean ended;

        Life(PowerCutDisk disk, Path place, long planSeed, int doneBefore) throws IOException {
            this.disk = disk;
            this.place = place;
            this.planSeed = planSeed;
            this.done = doneBefore;
            this.begun = doneBefore;
            this.writer = ChildJvm.start(
                    PowerCutWriter.class,
                    disk.directory().resolve("data").toString(),
                    place.resolve("sender").toString(),
                    Long.toString(planSeed),
                    Integer.toString(doneBefore),
                    Boolean.toString(forces));
        }

        /** Returns how many operations of the plan are done in the end. */
        int live(int cuts) throws IOException {
            Thread listener = new Thread(this::listen, "what the writer says");
            listener.start();
            try {
                for (int cut = 0; cut < cuts; cut++) {
                    awaitSteps(1 + random.nextInt(STEPS_MAX));
                    LockSupport.parkNanos((long) (random.nextDouble() * PAUSE_NANOS_MAX));
                    cut();
                }
                endWriter();
                listener.join();
                if (writer.waitFor() != 0) {
                    throw new IOException("the writer failed: " + String.join("\n", said));
                }
                return done;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                writer.destroyForcibly();
            }
        }

        private void listen() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    hear(line);
                }
            } catch (IOException e) {
                noteEnd("nothing is heard of the writer any more: " + e);
            }
            noteEnd("");
        }

        private synchronized void noteEnd(String why) {
            said.add(why);
            ended = true;
            notifyAll();
        }

        /** What it does not get leave for was not begun. */
        private synchronized void endWriter() throws IOException {
            writer.getOutputStream().close();
            ending = true;
        }

        private synchronized void hear(String line) throws IOException {
            if (line.startsWith("@next ")) {
                if (!ending) {
                    begun = Integer.parseInt(line.substring(6)) + 1;
                    writer.getOutputStream().write(PowerCutWriter.LEAVE);
                    writer.getOutputStream().flush();
                }
            } else if (line.startsWith("@done ")) {
                done = Integer.parseInt(line.substring(6)) + 1;
            } else if (line.equals("@opened")) {
                opened = true;
            } else {
                said.add(line);
            }
            notifyAll();
        }

        private synchronized void awaitSteps(int steps) throws IOException, InterruptedException {
            int until = done + begun + steps;
            while (!ended && (!opened || done + begun < until)) {
                wait();
            }
            if (ended) {
                throw new IOException("the writer ended by itself: " + String.join("\n", said));
            }
        }

        private synchronized Progress progress() {
            return new Progress(done, begun);
        }

        private void cut() throws IOException {
            Path copy = place.resolve("copy.img");
            Progress then = disk.copyTo(copy, this::progress);
            PowerCutLedger ledger = new PowerCutLedger(new PowerCutPlan(planSeed), then.done(), then.begun());
            check(copy, ledger);
            images++;
            acknowledged += ledger.acknowledged();
            int number = images;
            lost += ledger.losses().size();
            ledger.losses().stream()
                    .limit(LOSSES_SHOWN - Math.min(LOSSES_SHOWN, losses.size()))
                    .forEach(loss -> losses.add("image " + number + ": " + loss));
            Files.delete(copy);
        }

        private void check(Path copy, PowerCutLedger ledger) throws IOException {
            disk.mount(copy);
            try (Storage storage = PowerCutWriter.open(disk.copyDirectory().resolve("data"), DiskSync.MEMORY)) {
                ledger.check(storage);
            } catch (StorageException e) {
                ledger.checkRefused(e);
            } finally {
                disk.unmountCopy();
            }
        }
    }
}
