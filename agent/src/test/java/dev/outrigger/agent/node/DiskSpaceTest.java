package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.Room.Level;
import org.junit.jupiter.api.Test;

class DiskSpaceTest {
    private Level level = Level.AMPLE;
    private int handedOver;
    private final DiskSpace space = new DiskSpace(() -> new Room(7, level), () -> handedOver++);

    @Test
    void refusesCommandsWhileThereIsNoSpaceAndTakesThemAgain() {
        assertTrue(space.problem().isEmpty());
        for (Level scarce : new Level[] {Level.SHORT, Level.NONE}) {
            become(scarce);
            Problem problem = space.problem().orElseThrow();
            assertEquals(Code.DISK_FULL, problem.code());
            assertEquals(Outcome.NONE, problem.outcome());
        }
        become(Level.AMPLE);
        assertTrue(space.problem().isEmpty());
    }

    @Test
    void asksAnotherToLeadOnceEachTime() {
        become(Level.SHORT);
        become(Level.NONE);
        become(Level.SHORT);
        space.tick();
        assertEquals(1, handedOver);
        become(Level.AMPLE);
        become(Level.NONE);
        assertEquals(2, handedOver);
    }

    private void become(Level next) {
        level = next;
        space.tick();
    }
}
