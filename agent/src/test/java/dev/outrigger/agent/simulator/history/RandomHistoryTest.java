package dev.outrigger.agent.simulator.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.simulator.history.Finding.Conclusion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random histories: legal ones are accepted, damaged ones judged as {@link EveryOrder} judges them. */
class RandomHistoryTest {
    @Test
    void acceptsLongRegisterHistoriesThatAreLegal() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int values = 1 << random.nextInt(1, 12);
            RandomHistory history =
                    new RandomHistory(random, random.nextInt(1, 800), values, random.nextInt(1, 9)).ofRegister();
            assertEquals(Finding.LEGAL, Linearizability.check(history.operations), "seed " + seed);
        }
    }

    @Test
    void findsAValueNeverWrittenInLongRegisterHistories() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // Each value is written about once, as in a simulation.
            RandomHistory history = new RandomHistory(random, 400, 100_000, random.nextInt(1, 9)).ofRegister();
            int broken = anyAnswered(history.operations, random);
            replace(history.operations, broken, new Result.Value("never written"));
            Finding finding = Linearizability.check(history.operations);
            assertEquals(Conclusion.ILLEGAL, finding.conclusion(), "seed " + seed);
        }
    }

    @Test
    void judgesShortRegisterHistoriesAsEveryOrderDoes() {
        int legal = 0;
        int illegal = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomHistory history =
                    new RandomHistory(random, random.nextInt(1, 7), random.nextInt(1, 4), random.nextInt(1, 9));
            List<Operation> operations = history.ofRegister().operations;
            for (int damage = random.nextInt(3); damage > 0; damage--) {
                damageRegister(history, random);
            }
            boolean expected = EveryOrder.registerIsLegal(operations);
            Finding finding = Linearizability.check(operations);
            assertEquals(
                    expected ? Conclusion.LEGAL : Conclusion.ILLEGAL,
                    finding.conclusion(),
                    () -> operations + "\n" + finding.explanation());
            legal += expected ? 1 : 0;
            illegal += expected ? 0 : 1;
        }
        assertTrue(legal > 5_000 && illegal > 5_000, legal + " legal, " + illegal + " illegal");
    }

    @Test
    void judgesShortListHistoriesAsEveryOrderDoes() {
        int legal = 0;
        int illegal = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomHistory history = new RandomHistory(random, random.nextInt(1, 7), 1, random.nextInt(1, 9)).ofList();
            List<Operation> operations = history.operations;
            for (int damage = random.nextInt(3); damage > 0; damage--) {
                damageList(history, random);
            }
            boolean expected = EveryOrder.listIsLegal(operations, history.list);
            Finding finding = AppendOnce.check(operations, Map.of("k", history.list));
            assertEquals(
                    expected ? Conclusion.LEGAL : Conclusion.ILLEGAL,
                    finding.conclusion(),
                    () -> operations + " " + history.list + "\n" + finding.explanation());
            legal += expected ? 1 : 0;
            illegal += expected ? 0 : 1;
        }
        assertTrue(legal > 5_000 && illegal > 5_000, legal + " legal, " + illegal + " illegal");
    }

    @Test
    void acceptsLongListHistoriesThatAreLegal() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomHistory history = new RandomHistory(random, random.nextInt(1, 500), 1, random.nextInt(1, 9)).ofList();
            assertEquals(
                    Finding.LEGAL, AppendOnce.check(history.operations, Map.of("k", history.list)), "seed " + seed);
        }
    }

    private static void damageRegister(RandomHistory history, SplittableRandom random) {
        int broken = anyAnswered(history.operations, random);
        if (broken < 0) {
            return;
        }
        boolean cas = history.operations.get(broken).call() instanceof Call.Cas;
        Result result = cas && random.nextBoolean()
                ? Result.SWAPPED
                : new Result.Value(random.nextInt(3) == 0 ? null : history.value());
        replace(history.operations, broken, result);
    }

    private static void damageList(RandomHistory history, SplittableRandom random) {
        List<String> list = history.list;
        switch (random.nextInt(4)) {
            case 0 -> list.add(random.nextInt(list.size() + 1), "v" + random.nextInt(history.operations.size()));
            case 1 -> {
                if (list.size() > 1) {
                    Collections.swap(list, random.nextInt(list.size()), random.nextInt(list.size()));
                }
            }
            case 2 -> {
                if (!list.isEmpty()) {
                    list.remove(random.nextInt(list.size()));
                }
            }
            default -> damageListResult(history, random);
        }
    }

    private static void damageListResult(RandomHistory history, SplittableRandom random) {
        int broken = anyAnswered(history.operations, random);
        if (broken < 0) {
            return;
        }
        int length = random.nextInt(history.list.size() + 1);
        boolean append = history.operations.get(broken).call() instanceof Call.Append;
        Result result = append
                ? new Result.Length(length)
                : new Result.Values(new ArrayList<>(history.list.subList(0, length)));
        replace(history.operations, broken, result);
    }

    private static int anyAnswered(List<Operation> operations, SplittableRandom random) {
        int[] answered = IntStream.range(0, operations.size())
                .filter(i -> operations.get(i).outcome() == Outcome.OK)
                .toArray();
        return answered.length == 0 ? -1 : answered[random.nextInt(answered.length)];
    }

    private static void replace(List<Operation> operations, int at, @Nullable Result result) {
        Operation old = operations.get(at);
        operations.set(
                at,
                new Operation(
                        old.number(),
                        old.client(),
                        old.key(),
                        old.call(),
                        old.invoked(),
                        old.returned(),
                        old.outcome(),
                        result));
    }
}
