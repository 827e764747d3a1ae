package dev.outrigger.deploy;

import java.nio.file.Path;

/** One cluster for all end-to-end tests of this run, started by the first that asks and stopped with the JVM. */
final class SharedCluster {
    private static final LocalCluster CLUSTER =
            LocalCluster.ofKv(Path.of(".."), Path.of("target/end-to-end"), "a", "b", "c");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(CLUSTER::close));
    }

    private SharedCluster() {}

    /** Every process runs, every member is ready; whatever a test before left down is up again. */
    static LocalCluster ready() {
        CLUSTER.start();
        CLUSTER.awaitReady();
        return CLUSTER;
    }
}
