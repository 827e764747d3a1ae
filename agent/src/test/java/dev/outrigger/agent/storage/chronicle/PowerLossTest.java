package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.StorageContractTest;
import dev.outrigger.agent.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loses power again and again, at any force there is: while formatting, starting, appending, superseding, rolling, voting
 * and writing a log anew. What was acknowledged must be there, a member that lost nothing must start, and beyond what was
 * acknowledged there may only be a beginning of what was under way.
 */
class PowerLossTest {
    private static final int SEEDS = Integer.getInteger("outrigger.test.powerLossSeeds", 12);
    private static final int LOSSES_EACH = 8;

    @TempDir
    private Path work;

    @Test
    void nothingAcknowledgedIsLostWithThePower() throws IOException {
        long firstSeed = Long.getLong("outrigger.test.powerLossFirstSeed", 1);
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            try {
                new Member(work.resolve("seed-" + seed), new Random(seed)).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class Member {
        private final Path home;
        private final Random random;
        private List<Entry> log = new ArrayList<>();
        private List<Entry> underWay = List.of();
        private HardState vote = HardState.INITIAL;
        private Optional<HardState> voteUnderWay = Optional.empty();
        private long bootEpoch;

        Member(Path home, Random random) {
            this.home = home;
            this.random = random;
        }

        void live() throws IOException {
            Path root = Files.createDirectories(home.resolve("0"));
            for (int loss = 1; loss <= LOSSES_EACH; loss++) {
                Path image = home.resolve(Integer.toString(loss));
                int forces = random.nextInt(random.nextBoolean() ? 12 : 60);
                PowerLoss sync = new PowerLoss(root, image, forces, random);
                while (!Files.exists(image)) {
                    runUntilTheEnd(root, sync);
                }
                root = image;
            }
            try (Storage storage = SmallLog.open(root)) {
                checkRecovered(storage);
            }
        }

        private void runUntilTheEnd(Path root, PowerLoss sync) {
            sync.restart();
            try (Storage storage = SmallLog.open(root, SmallLog.OPTIONS, sync)) {
                checkRecovered(storage);
                while (true) {
                    persistSomething(storage);
                }
            } catch (StorageException | NoRoomException e) { // no room: the end came while a segment was laid out
                if (!sync.hasEnded()) {
                    throw e;
                }
            }
        }

        private void persistSomething(Storage storage) {
            if (random.nextInt(5) == 0) {
                voteUnderWay = Optional.of(new HardState(vote.term() + 1, Optional.of(new MemberId("b"))));
            }
            if (voteUnderWay.isEmpty() || random.nextBoolean()) {
                long last = log.size();
                long first = last + 1 - (random.nextInt(6) == 0 ? random.nextInt((int) Math.min(last, 40) + 1) : 0);
                long term = first <= last ? lastTerm() + 1 : Math.max(1, lastTerm());
                underWay = StorageContractTest.entries(first, first + random.nextInt(25), term);
            }
            storage.persist(voteUnderWay, underWay);
            acknowledge(underWay.size());
            vote = voteUnderWay.orElse(vote);
            voteUnderWay = Optional.empty();
        }

        private long lastTerm() {
            return log.isEmpty() ? 0 : log.get(log.size() - 1).term();
        }

        private void acknowledge(int entries) {
            if (entries > 0) {
                log = new ArrayList<>(log.subList(0, (int) underWay.get(0).index() - 1));
                log.addAll(underWay.subList(0, entries));
            }
            underWay = List.of();
        }

        private void checkRecovered(Storage storage) {
            Storage.Recovered recovered = storage.recovered();
            assertTrue(recovered.bootEpoch() > bootEpoch, "boot epoch rises");
            bootEpoch = recovered.bootEpoch();

            HardState found = recovered.hardState();
            assertTrue(found.equals(vote) || Optional.of(found).equals(voteUnderWay), () -> "vote is " + found);
            vote = found;
            voteUnderWay = Optional.empty();

            acknowledge(recoveredOfUnderWay(recovered));
            SmallLog.assertHolds(storage, log, recovered.log().lastIndex());
        }

        /** How many of the entries under way are in the log: with one of them everything that they supersede is gone. */
        private int recoveredOfUnderWay(Storage.Recovered recovered) {
            if (underWay.isEmpty()) {
                return 0;
            }
            long first = underWay.get(0).index();
            long lastIndex = recovered.log().lastIndex();
            boolean supersedes = first <= log.size();
            boolean begun = lastIndex >= first
                    && (!supersedes || lastTerm(recovered) == underWay.get(0).term());
            return begun ? (int) (lastIndex - first + 1) : 0;
        }

        private static long lastTerm(Storage.Recovered recovered) {
            var terms = recovered.log().terms();
            return terms.get(terms.size() - 1).term();
        }
    }
}
