package dev.outrigger.agent.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Some seeds on each build; {@code agent/simulate.sh} runs as many as there is time for. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 300);
    private static final long FIRST = Long.getLong("simulation.first", 1);

    @Test
    void noSeedBreaksAnInvariant() {
        Coverage coverage = new Coverage();
        List<String> failures = new ArrayList<>();
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Outcome outcome = Simulation.run(seed);
            coverage.add(outcome.coverage());
            if (outcome.failure() != null) {
                failures.add(Simulate.line(outcome));
            }
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        assertEquals(List.of(), coverage.complaints());
        for (FaultKind kind : FaultKind.values()) {
            assertTrue(SEEDS < 300 || coverage.count(kind) > 0, () -> kind + " never happened");
        }
    }

    @Test
    void oneSeedTwiceIsTheSameLife() {
        for (long seed = 1000; seed < 1005; seed++) {
            Outcome once = Simulation.run(seed);
            Outcome again = Simulation.run(seed);
            Outcome traced = Simulation.run(seed, line -> {});
            assertEquals(once.hash(), again.hash(), "seed " + seed);
            assertEquals(once.events(), again.events(), "seed " + seed);
            assertEquals(once.hash(), traced.hash(), "seed " + seed + ", traced");
        }
    }

    @Test
    void knowsWhichQuorumsMeet() {
        Configuration three = stable("a", "b", "c");
        Configuration five = stable("a", "b", "c", "d", "e");
        assertTrue(Watcher.overlap(three, stable("a", "b", "c", "d")));
        assertTrue(!Watcher.overlap(three, five));
        Configuration joint = new Configuration(three.members(), five.members());
        assertTrue(Watcher.overlap(three, joint));
        assertTrue(Watcher.overlap(joint, five));
    }

    private static Configuration stable(String... names) {
        return Configuration.stable(Stream.of(names)
                .map(name -> new Member(new MemberId(name), name, name, Standing.VOTER))
                .toList());
    }
}
