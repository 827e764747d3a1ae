package dev.outrigger.agent.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.simulator.mutant.Mutant;
import dev.outrigger.agent.simulator.mutant.MutantLoader;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MinimiserTest {
    private static final long SEEDS_MAX = 2000;

    @Test
    void aMutantsSeedIsReducedAndStillFailsTheSameWay() {
        MutantLoader loader = new MutantLoader(Mutant.load("test/resources/mutants/M06.txt"));
        String found = null;
        for (long seed = 1; found == null && seed < SEEDS_MAX; seed++) {
            found = loader.run(Probe.class.getName(), seed);
        }
        assertNotNull(found, "the mutant was not found");
        assertEquals("", found);
    }

    /** A life of many injections in which a mutant is found, made smaller; runs where the mutant is loaded. */
    static final class Probe {
        private static final int INJECTIONS_MIN = 5;
        private static final long NANOS = 3_000_000_000L;

        private Probe() {}

        /** Null when this seed shows nothing; otherwise what is wrong with the result, which is to be empty. */
        public static @Nullable String run(long seed) {
            Minimiser minimiser = new Minimiser(seed, NANOS, line -> {});
            int before = minimiser.whole().script().size();
            String failure = minimiser.outcome().failure();
            if (failure == null || before < INJECTIONS_MIN) {
                return null;
            }
            Reduction least = minimiser.minimise();
            Outcome again = Simulation.run(seed, parse(least.toString()), null);
            boolean smaller = minimiser.injections() < before;
            boolean same = String.valueOf(Minimiser.invariant(failure)).equals(Minimiser.invariant(again.failure()))
                    && again.hash() == minimiser.outcome().hash();
            return smaller && same
                    ? ""
                    : before + " injections, then " + minimiser.injections() + "; " + failure + ", then "
                            + again.failure() + ", with" + least;
        }
    }

    @Test
    void withoutReductionTheScriptGivesTheSameLife() {
        for (long seed = 1; seed < 20; seed++) {
            Recording whole = Simulation.record(seed);
            Outcome again = Simulation.run(seed, whole.script(), Reduction.NONE, null);
            assertEquals(whole.outcome().hash(), again.hash(), "seed " + seed);
            assertEquals(whole.outcome().simulatedMicros(), again.simulatedMicros(), "seed " + seed);
            assertEquals(whole.outcome().hash(), Simulation.run(seed).hash(), "seed " + seed);
        }
    }

    @Test
    void whatIsReducedIsNotThere() {
        long seed = seedWithInjections();
        Recording whole = Simulation.record(seed);
        FaultKind kind = whole.script().get(1).kind();
        assertNotEquals(whole.outcome().hash(), hash(seed, Reduction.NONE.without(kind.name())));
        assertEquals(
                0,
                Simulation.run(seed, Reduction.NONE.without(kind.name()), null)
                        .coverage()
                        .count(kind));
        String later = "--skip 2-" + whole.script().size();
        int[] injected = new int[1];
        Simulation.run(seed, parse(later), event -> injected[0] += event.contains(" INJECTION ") ? 1 : 0);
        assertEquals(1, injected[0], later);
        for (String text : List.of("--clients 1", "--operations 3", "--voters 1", "--spares 0", "--chaos-millis 100")) {
            assertNotEquals(whole.outcome().hash(), hash(seed, parse(text)), text);
        }
    }

    /** One of which something can be taken away in every way. */
    private static long seedWithInjections() {
        for (long seed = 1; ; seed++) {
            Recording whole = Simulation.record(seed);
            Swarm swarm = whole.swarm();
            boolean hit = whole.script().size() > 5
                    && whole.outcome().coverage().count(whole.script().get(1).kind()) > 0;
            if (hit && swarm.clients > 1 && swarm.voters > 1 && swarm.spares > 0) {
                return seed;
            }
        }
    }

    @Test
    void aSeedThatPassesIsLeftAsItIs() {
        Minimiser minimiser = new Minimiser(1, 1_000_000_000L, line -> {});
        assertTrue(minimiser.minimise().isEmpty());
        assertTrue(minimiser.steps().isEmpty());
    }

    @Test
    void theTextFormIsReadBack() {
        String text = " --without ENDING,LOSS,PAUSE --skip 3,8-12 --clients 1 --operations 20 --voters 3 --spares 0"
                + " --chaos-millis 500";
        Reduction reduction = parse(text);
        assertEquals(text, reduction.toString());
        assertEquals(reduction, parse(reduction.toString()));
        assertFalse(reduction.isEmpty());
        assertEquals("", Reduction.NONE.toString());
        assertThrows(IllegalArgumentException.class, () -> parse("--without NOTHING"));
        assertThrows(IllegalArgumentException.class, () -> parse("--clients 0"));
    }

    private static long hash(long seed, Reduction reduction) {
        return Simulation.run(seed, reduction, null).hash();
    }

    private static Reduction parse(String text) {
        String[] words = text.strip().split(" ");
        Reduction reduction = Reduction.NONE;
        for (int i = 0; i < words.length - 1; i += 2) {
            reduction = reduction.with(words[i], words[i + 1]);
        }
        return reduction;
    }
}
