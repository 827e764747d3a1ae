package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Java, Node and Python beside each other in one cluster come to the same results and the same state. */
class LanguagesIT {
    private static final int COMMANDS = 3_000;

    @BeforeAll
    static void bothAreThere() throws InterruptedException {
        assumeTrue(runs("node") && runs("python3"), "node and python3 are needed");
    }

    private static boolean runs(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void equalStatesAfterAChaosRun() {
        Report report = new Languages(COMMANDS, System.nanoTime()).run(Path.of(".."), Path.of("target/languages"));
        assertFalse(report.failed(), report.json());
    }
}
