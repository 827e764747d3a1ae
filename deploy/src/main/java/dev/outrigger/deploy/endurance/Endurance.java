package dev.outrigger.deploy.endurance;

import java.nio.file.Path;

/** Runs one scenario and prints what came out as one line of JSON. Exit code 0 when nothing was lost and all was as it should. */
public final class Endurance {
    private Endurance() {}

    /** Arguments: the repository, a directory for data and logs, the scenario, its size in the scenario's unit. */
    public static void main(String[] arguments) {
        long size = Long.parseLong(arguments[3]);
        Scenario scenario = switch (arguments[2]) {
            case "kills" -> new Kills((int) size, 1024, System.nanoTime());
            case "snapshot" -> new BigSnapshot(size, 256);
            case "disk-full" -> new FullDisk((int) size);
            case "growth" -> new Growth(size);
            case "apps" -> new Apps(size, System.nanoTime());
            case "languages" -> new Languages(size, System.nanoTime());
            default -> throw new IllegalArgumentException("no such scenario: " + arguments[2]);
        };
        Report report = scenario.run(Path.of(arguments[0]), Path.of(arguments[1]));
        System.out.println(report.json());
        System.exit(report.failed() ? 1 : 0);
    }
}
