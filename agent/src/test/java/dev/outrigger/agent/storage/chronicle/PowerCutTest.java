package dev.outrigger.agent.storage.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cuts the power of a real file system; {@code agent/powercut.sh} does so as often as one likes. */
class PowerCutTest {
    private static final int IMAGES = Integer.getInteger("outrigger.test.powerCutImages", 8);
    private static final long SEED = Long.getLong("outrigger.test.powerCutSeed", System.nanoTime());

    @TempDir
    private Path work;

    @BeforeEach
    void loopDevicesCanBeMounted() throws IOException {
        try {
            PowerCutDisk.create(Files.createDirectory(work.resolve("probe"))).close();
        } catch (IOException e) {
            String reason = "NO POWER WAS CUT: loop devices cannot be mounted here: " + e.getMessage();
            System.err.println(reason);
            Assumptions.abort(reason);
        }
    }

    @Test
    void nothingAcknowledgedIsLostWithThePower() throws IOException {
        System.err.println("power cuts of seed " + SEED);
        PowerCut cut = new PowerCut(work, SEED, true);
        cut.run(IMAGES);
        assertEquals(0, cut.lost(), () -> "seed " + SEED + ": " + String.join("\n", cut.losses()));
        assertTrue(cut.acknowledged() > IMAGES, cut.summary());
    }

    /** Else the cuts prove nothing. */
    @Test
    void aDiskThatIsNotForcedLosesWhatWasAcknowledged() throws IOException {
        PowerCut cut = new PowerCut(work, SEED, false);
        cut.run(2);
        assertTrue(cut.lost() > 0, cut.summary());
    }
}
