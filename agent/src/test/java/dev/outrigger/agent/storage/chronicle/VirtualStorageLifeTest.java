package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.LogOutline.TermStart;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.simulator.disk.PowerLost;
import dev.outrigger.agent.simulator.disk.VirtualDisk;
import dev.outrigger.agent.storage.RecordCodec;
import dev.outrigger.agent.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lives of one disk, with the process or the power gone at any operation. What was acknowledged is there at the next
 * start; of what was under way there is a beginning, or nothing.
 */
class VirtualStorageLifeTest {
    private static final int LIVES = 600;
    private static final int STEPS = 150;

    @TempDir
    private Path directory;

    @Test
    void whatWasAcknowledgedIsThereAtTheNextStart() {
        int starts = 0;
        int compacted = 0;
        int begun = 0;
        for (int seed = 0; seed < LIVES; seed++) {
            Life life = new Life(seed);
            try {
                life.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("life " + seed + ": " + e.getMessage(), e);
            }
            starts += life.starts;
            compacted += life.storage.firstIndex() > 1 ? 1 : 0;
            begun += life.foundBegun;
        }
        assertTrue(starts > LIVES * 5, "starts " + starts);
        assertTrue(compacted > LIVES / 2, "compacted " + compacted);
        assertTrue(begun > LIVES / 4, "begun " + begun);
    }

    @Test
    void oneSeedIsOneLife() {
        Life one = new Life(5);
        Life other = new Life(5);
        one.run();
        other.run();
        assertEquals(one.disk.operations(), other.disk.operations());
        assertEquals(one.disk.bytesWritten(), other.disk.bytesWritten());
        assertEquals(one.storage.recovered(), other.storage.recovered());
    }

    /** The same bytes, in files that the production reader opens, are the same log, whole or not. */
    @Test
    void productionReadsTheSameLog() throws IOException {
        int torn = 0;
        for (int seed = 0; seed < 60; seed++) {
            Life life = new Life(seed);
            life.run();
            RecordCodec codec = new RecordCodec(life.storage.recovered().storageId());
            if (seed % 2 == 0) {
                life.loseAppend();
            }
            List<String> logs = life.disk.list("");
            logs.removeIf(path -> !path.startsWith("log-"));
            Path copy = copy(life.disk, logs.get(0), directory.resolve("life-" + seed));
            LogScan theirs = LogScan.of(copy, codec);
            LogScan ours = VirtualLog.scan(life.disk, logs.get(0), codec);
            assertEquals(ours.replay().outline(), theirs.replay().outline(), "life " + seed);
            assertEquals(ours.replay().lastSequence(), theirs.replay().lastSequence());
            assertEquals(ours.promised(), theirs.promised());
            assertEquals(ours.stop().map(LogScan.Stop::offset), theirs.stop().map(LogScan.Stop::offset));
            torn += theirs.stop().isPresent() ? 1 : 0;
        }
        assertTrue(torn > 3, "torn " + torn);
    }

    private static Path copy(VirtualDisk disk, String log, Path target) throws IOException {
        Files.createDirectory(target);
        for (String file : disk.list(log)) {
            Files.write(target.resolve(file.substring(log.length() + 1)), disk.read(file));
        }
        return target;
    }

    /** What a log holds: everything behind {@code base}, which is index 0 or that of a snapshot from elsewhere. */
    private record Log(Entry base, List<Entry> entries) {
        static final Log EMPTY = new Log(new Entry(0, 0, Entry.Kind.NOOP, 0, Payload.EMPTY), List.of());

        Entry last() {
            return entries.isEmpty() ? base : entries.get(entries.size() - 1);
        }

        Entry at(long index) {
            return index == base.index() ? base : entries.get((int) (index - base.index() - 1));
        }

        Log with(Entry entry) {
            List<Entry> more = new ArrayList<>(entries.subList(0, (int) (entry.index() - base.index() - 1)));
            more.add(entry);
            return new Log(base, more);
        }

        Log with(Snapshot snapshot) {
            boolean holds = snapshot.index() >= base.index()
                    && snapshot.index() <= last().index()
                    && at(snapshot.index()).term() == snapshot.term();
            return holds ? this : new Log(end(snapshot), List.of());
        }

        private static Entry end(Snapshot snapshot) {
            return new Entry(snapshot.index(), snapshot.term(), Entry.Kind.NOOP, snapshot.timeMillis(), Payload.EMPTY);
        }

        LogOutline outline(long firstIndex, Optional<Snapshot> snapshot) {
            List<TermStart> terms = new ArrayList<>();
            List<Entry> configurations = new ArrayList<>();
            for (long index = Math.max(1, firstIndex - 1); index <= last().index(); index++) {
                Entry entry = at(index);
                if (terms.isEmpty() || terms.get(terms.size() - 1).term() != entry.term()) {
                    terms.add(new TermStart(entry.term(), index));
                }
                if (index >= firstIndex && entry.kind() == Entry.Kind.CONFIGURATION) {
                    configurations.add(entry);
                }
            }
            return new LogOutline(firstIndex, last().index(), terms, last().timeMillis(), configurations, snapshot);
        }
    }

    private static final class Life {
        private final SplittableRandom random;
        private final VirtualDisk disk = new VirtualDisk();
        private VirtualStorage storage;
        private int starts;
        private int foundBegun;

        private HardState vote = HardState.INITIAL;
        private Optional<HardState> voteUnderWay = Optional.empty();
        private Log log = Log.EMPTY;
        private List<Log> underWay = List.of(); // after each record of the batch
        private Optional<Snapshot> snapshot = Optional.empty();
        private Optional<Snapshot> snapshotUnderWay = Optional.empty();
        private long firstIndex = 1;
        private long bootEpoch;

        Life(int seed) {
            this.random = new SplittableRandom(seed);
            this.storage = start();
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(8) == 0) {
                    disk.crashAtOperation(1 + random.nextInt(40), random);
                }
                try {
                    step();
                } catch (PowerLost e) {
                    storage = start();
                }
                if (random.nextInt(20) == 0) {
                    storage = start();
                }
                if (random.nextInt(10) == 0 && !disk.processEnded()) {
                    disk.writeback(random);
                }
            }
            storage = start();
        }

        /** Leaves an append that the power went in. */
        void loseAppend() {
            for (int attempt = 0; attempt < 10; attempt++) {
                disk.crashAtOperation(1, random);
                try {
                    persist();
                } catch (PowerLost e) {
                    if (random.nextBoolean()) {
                        disk.kill();
                    } else {
                        disk.powerCut(random);
                    }
                    return;
                }
            }
        }

        private VirtualStorage start() {
            while (true) {
                if (random.nextInt(3) == 0) {
                    disk.kill();
                } else {
                    disk.powerCut(random);
                }
                if (random.nextInt(3) == 0) {
                    disk.crashAtOperation(1 + random.nextInt(30), random);
                }
                try {
                    VirtualStorage opened = VirtualStorage.open(disk, "a", 2048 + random.nextInt(4096), random);
                    disk.kill();
                    starts++;
                    check(opened);
                    return opened;
                } catch (PowerLost e) {
                    // it starts once more
                }
            }
        }

        private void step() {
            snapshot = storage.latestSnapshot(); // the log may have reached one that was received and not installed
            switch (random.nextInt(12)) {
                case 0 -> saveSnapshot();
                case 1 -> compact();
                case 2 -> receiveSnapshot();
                default -> persist();
            }
        }

        private void persist() {
            if (random.nextInt(6) == 0) {
                voteUnderWay = Optional.of(
                        new HardState(vote.term() + 1, Optional.of(new MemberId("abc".substring(random.nextInt(3))))));
            }
            persist(Optional.empty(), random.nextInt(4) == 0 ? 30 : 3);
        }

        private void persist(Optional<Snapshot> install, int entriesMax) {
            List<Log> states = new ArrayList<>();
            Log next = log;
            if (install.isPresent()) {
                next = next.with(install.get());
                states.add(next);
            }
            long committed = Math.max(
                    next.base().index(),
                    install.or(() -> snapshot).map(Snapshot::index).orElse(0L));
            long first = next.last().index() + 1;
            if (random.nextInt(5) == 0 && committed < first) {
                first = committed + 1 + random.nextInt((int) (first - committed));
            }
            List<Entry> entries = new ArrayList<>();
            int count = random.nextInt(entriesMax + 1);
            for (int i = 0; i < count; i++) {
                Entry previous = next.at(first + i - 1);
                Entry entry = new Entry(
                        first + i,
                        Math.max(1, previous.term()) + (i == 0 ? random.nextInt(3) : 0),
                        random.nextInt(10) == 0 ? Entry.Kind.CONFIGURATION : Entry.Kind.COMMAND,
                        previous.timeMillis() + 1,
                        payload());
                entries.add(entry);
                next = next.with(entry);
                states.add(next);
            }
            underWay = states;
            storage.persist(voteUnderWay, install, entries);
            vote = voteUnderWay.orElse(vote);
            voteUnderWay = Optional.empty();
            log = next;
            underWay = List.of();
            if (install.isPresent()) {
                snapshot = install;
                snapshotUnderWay = Optional.empty();
                firstIndex = install.get().index() + 1;
            }
            assertEquals(firstIndex, storage.firstIndex());
            assertEquals(log.last().index(), storage.lastIndex());
        }

        private Payload payload() {
            byte[] bytes = new byte[random.nextInt(random.nextInt(12) == 0 ? 6000 : 60)];
            random.nextBytes(bytes);
            return Payload.of(bytes);
        }

        private void saveSnapshot() {
            long from = Math.max(
                    Math.max(1, log.base().index()),
                    snapshot.map(Snapshot::index).orElse(0L));
            if (log.last().index() >= from) {
                Entry end = log.at(from + random.nextInt((int) (log.last().index() - from + 1)));
                byte[] bytes = payload().array();
                Snapshot taken = snapshot(end.index(), end.term(), end.timeMillis(), bytes);
                snapshotUnderWay = Optional.of(taken);
                storage.saveSnapshot(taken, bytes);
                snapshot = storage.latestSnapshot();
                snapshotUnderWay = Optional.empty();
                assertTrue(snapshot.orElseThrow().index() >= taken.index());
            }
        }

        private void compact() {
            if (snapshot.isPresent()) {
                storage.compact(1 + random.nextInt((int) snapshot.get().index() + 1));
                firstIndex = storage.firstIndex();
            }
        }

        private void receiveSnapshot() {
            long from = Math.max(
                    Math.max(1, log.base().index()) + 1,
                    snapshot.map(Snapshot::index).orElse(0L) + 1);
            long index = from + random.nextInt((int) (Math.max(0, log.last().index() - from) + 20));
            boolean held = index <= log.last().index() && random.nextBoolean();
            long term = held ? log.at(index).term() : log.last().term() + 1;
            long time = held ? log.at(index).timeMillis() : log.last().timeMillis() + 5;
            byte[] bytes = payload().array();
            Snapshot received = snapshot(index, term, time, bytes);
            long stored = 0;
            while (stored < bytes.length || bytes.length == 0) {
                int to = Math.min(bytes.length, (int) stored + 700);
                stored = storage.putChunk(received, stored, java.util.Arrays.copyOfRange(bytes, (int) stored, to));
                if (bytes.length == 0) {
                    break;
                }
                assertEquals(to, stored);
            }
            if (random.nextInt(4) > 0) {
                snapshotUnderWay = Optional.of(received);
                persist(Optional.of(received), 5);
                assertArrayEquals(
                        bytes,
                        storage.readSnapshot(received, 0, Integer.MAX_VALUE).orElseThrow());
            }
        }

        private static Snapshot snapshot(long index, long term, long time, byte[] bytes) {
            Configuration configuration = Configuration.of(List.of(new MemberId("a"), new MemberId("b")));
            return new Snapshot(index, term, time, configuration, bytes.length, VirtualStorage.checksum(bytes));
        }

        private void check(VirtualStorage opened) {
            Storage.Recovered recovered = opened.recovered();
            assertTrue(recovered.bootEpoch() > bootEpoch, "boot epoch rises");
            bootEpoch = recovered.bootEpoch();
            LogOutline found = recovered.log();
            Optional<Snapshot> foundSnapshot = found.snapshot();
            assertTrue(
                    found.firstIndex() == 1 || foundSnapshot.orElseThrow().index() >= found.firstIndex() - 1,
                    "what is not in the log is in the snapshot");
            assertTrue(found.firstIndex() >= firstIndex, "first index does not go back");

            HardState state = recovered.hardState();
            assertTrue(state.equals(vote) || Optional.of(state).equals(voteUnderWay), () -> "vote is " + state);
            boolean newVote = Optional.of(state).equals(voteUnderWay);

            Log matching = null;
            List<Log> possible = new ArrayList<>(List.of(log));
            possible.addAll(underWay);
            for (Log each : possible) {
                if (found.firstIndex() > each.base().index()
                        && found.lastIndex() == each.last().index()
                        && found.equals(each.outline(found.firstIndex(), foundSnapshot))
                        && holds(opened, each, found.firstIndex())) {
                    matching = each;
                }
            }
            assertTrue(
                    matching != null,
                    () -> "found " + found + ", expected one of "
                            + possible.stream()
                                    .map(each -> each.outline(each.base().index() + 1, Optional.empty()))
                                    .toList());
            if (matching != log) {
                foundBegun++;
                assertTrue(voteUnderWay.isEmpty() || newVote, "the hard state comes first");
            }
            checkSnapshot(foundSnapshot, matching);
            log = matching;
            vote = state;
            firstIndex = found.firstIndex();
            snapshot = foundSnapshot;
            voteUnderWay = Optional.empty();
            snapshotUnderWay = Optional.empty();
            underWay = List.of();
        }

        /** A snapshot that was received but not installed may be in force when the log reaches it later. */
        private void checkSnapshot(Optional<Snapshot> found, Log matching) {
            long index = found.map(Snapshot::index).orElse(0L);
            assertTrue(index >= snapshot.map(Snapshot::index).orElse(0L), () -> "found " + found + ", had " + snapshot);
            assertTrue(index <= matching.last().index(), "the log reaches it");
        }

        private static boolean holds(VirtualStorage opened, Log log, long firstIndex) {
            if (firstIndex > log.last().index()) {
                return true;
            }
            List<Entry> entries = opened.read(firstIndex, Integer.MAX_VALUE);
            int from = (int) (firstIndex - log.base().index() - 1);
            return entries.equals(log.entries().subList(from, log.entries().size()));
        }
    }
}
