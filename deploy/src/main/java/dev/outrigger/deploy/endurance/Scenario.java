package dev.outrigger.deploy.endurance;

import java.nio.file.Path;

/** One way to hurt a cluster. */
interface Scenario {
    /**
     * Runs it, on the calling thread.
     *
     * @param repository where the jars were built
     * @param directory for data and logs
     */
    Report run(Path repository, Path directory);
}
