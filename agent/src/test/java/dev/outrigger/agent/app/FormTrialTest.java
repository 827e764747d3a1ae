package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FormTrialTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FormTrial trial = new FormTrial(AppLimits.DEFAULTS);
    /** Near its overflow, as {@link System#nanoTime} may be. */
    private final long now = Long.MAX_VALUE - SECOND / 2;

    @Test
    void isPutOffWhenItFailsWithoutHavingWorked() {
        assertTrue(trial.isDue(now));
        trial.failed(now);
        assertFalse(trial.isDue(now + SECOND - 1));
        assertTrue(trial.isDue(now + SECOND));
    }

    @Test
    void isPutOffForLongerEachTime() {
        trial.failed(now);
        trial.failed(now);
        assertFalse(trial.isDue(now + 2 * SECOND - 1));
        assertTrue(trial.isDue(now + 2 * SECOND));
        for (int i = 0; i < 20; i++) {
            trial.failed(now);
        }
        assertFalse(trial.isDue(now + 600 * SECOND - 1));
        assertTrue(trial.isDue(now + 600 * SECOND));
    }

    @Test
    void mayFailOnceAfterItHasWorked() {
        trial.failed(now);
        trial.failed(now);
        trial.worked();
        trial.failed(now + 2 * SECOND);
        assertTrue(trial.isDue(now + 2 * SECOND));
        trial.failed(now + 2 * SECOND);
        assertFalse(trial.isDue(now + 3 * SECOND - 1));
        assertTrue(trial.isDue(now + 3 * SECOND), "and waits as little as at first");
    }
}
