package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Commands through sessions while every kind of failure happens once, with real processes. */
class AppsIT {
    private static final int COMMANDS = 20_000;

    @Test
    void eachCommandTakesEffectOnceWhateverFails() {
        Report report = new Apps(COMMANDS, System.nanoTime()).run(Path.of(".."), Path.of("target/apps"));
        assertFalse(report.failed(), report.json());
    }
}
