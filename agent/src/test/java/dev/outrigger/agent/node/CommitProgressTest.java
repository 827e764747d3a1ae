package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommitProgressTest {
    private final CommitProgress progress = new CommitProgress();

    @Test
    void isStalledWhileSomethingWaitsAndNothingIsCommitted() {
        progress.tick(true, 5, 5, 0);
        assertEquals(Optional.empty(), progress.stalled(100));
        progress.tick(true, 5, 9, 100);
        progress.tick(true, 5, 9, 200);
        assertEquals(Optional.of(Duration.ofNanos(150)), progress.stalled(250));
        progress.tick(true, 6, 9, 300);
        assertEquals(Optional.of(Duration.ofNanos(10)), progress.stalled(310));
        progress.tick(true, 9, 9, 400);
        assertEquals(Optional.empty(), progress.stalled(1000));
        progress.tick(true, 9, 10, 1000);
        assertEquals(Optional.of(Duration.ZERO), progress.stalled(1000));
    }

    @Test
    void whoDoesNotLeadCannotKnow() {
        progress.tick(false, 5, 9, 0);
        progress.tick(false, 5, 9, 900);
        assertEquals(Optional.empty(), progress.stalled(900));
    }
}
