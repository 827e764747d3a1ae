package dev.outrigger.agent.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Some seeds on each build; {@code agent/simulate.sh} runs as many as there is time for. */
class SimulationTest {
    private static final Logger LOGS = (Logger) LoggerFactory.getLogger("dev.outrigger.agent.storage");
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 3000);
    private static final long FIRST = Long.getLong("simulation.first", 1);

    /** The production code warns of each rotten disk it is given, and it is given thousands. */
    @BeforeAll
    static void silence() {
        LOGS.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOGS.setLevel(null);
    }

    @Test
    void noSeedBreaksAnInvariant() throws InterruptedException {
        Simulate simulate = new Simulate(FIRST, SEEDS, TimeUnit.HOURS.toNanos(2));
        boolean passed = simulate.all();
        assertEquals(List.of(), simulate.failures());
        assertTrue(passed, "something that must be exercised was not: see the last line of the output");
    }

    @Test
    void knownMistakesAreFound() throws InterruptedException {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        boolean all = new MutantGate(Set.of(), 1, 2000, 1).run(told::add);
        assertTrue(all, () -> String.join("\n", told));
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
