package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A backup of one cluster becomes the state of another one, with real processes and the command line. */
class BackupIT {
    private static final Path REPOSITORY = Path.of("..");
    private static final Path FILE = Path.of("target/backup/orders.backup").toAbsolutePath();
    private static final Duration AGREEMENT_MAX = Duration.ofSeconds(60);
    /** Enough for a backup of several blocks and entries. */
    private static final int KEYS = 400;

    private static final String VALUE = "v".repeat(2_000);

    @Test
    void anEmptyClusterTakesOverWhatTheBackupHolds() throws Exception {
        String before;
        try (LocalCluster first = LocalCluster.ofKv(REPOSITORY, Path.of("target/backup-first"), "a", "b", "c")) {
            first.start();
            first.awaitReady();
            for (int key = 0; key < KEYS; key++) {
                assertEquals(
                        200, first.leader().submit(Kv.put("key-" + key, VALUE)).statusCode());
            }
            before = backup(first);
        }
        try (LocalCluster second = LocalCluster.ofKv(REPOSITORY, Path.of("target/backup-second"), "d", "e", "f")) {
            second.start();
            second.awaitReady();
            restore(second, before);
            refusedTwice(second, before);
            goOn(second);
        }
    }

    private static String backup(LocalCluster cluster) throws Exception {
        Instance asked = cluster.othersThan(cluster.leader()).get(0);
        Files.createDirectories(FILE.getParent());
        Files.deleteIfExists(FILE);
        assertEquals(0, run(cluster, "snapshot", asked).exitCode());
        Child backup = run(cluster, "backup", asked, FILE.toString());
        assertEquals(0, backup.exitCode(), backup.output());
        Child again = run(cluster, "backup", asked, FILE.toString());
        assertEquals(1, again.exitCode(), again.output());
        assertTrue(Files.size(FILE) > KEYS * 2_000L, "size " + Files.size(FILE));
        return digest(asked);
    }

    private static void restore(LocalCluster cluster, String before) {
        Instance asked = cluster.othersThan(cluster.leader()).get(0);
        Child restore = run(cluster, "restore", asked, FILE.toString());
        assertEquals(0, restore.exitCode(), restore.output());
        assertEquals(before, digest(asked), "the application beside the agent has it when the command ends");
        awaitDigest(cluster, before);
    }

    private static void refusedTwice(LocalCluster cluster, String before) {
        for (Instance instance : cluster.instances()) {
            Child again = run(cluster, "restore", instance, FILE.toString());
            assertEquals(1, again.exitCode(), again.output());
            assertTrue(again.output().contains("NOT_EMPTY"), again.output());
        }
        awaitDigest(cluster, before);
    }

    /** Also when an agent, and then an application that keeps nothing, start again. */
    private static void goOn(LocalCluster cluster) {
        assertEquals(200, cluster.leader().submit(Kv.put("after", "restore")).statusCode());
        String after = digest(cluster.leader());
        Instance restarted = cluster.othersThan(cluster.leader()).get(0);
        restarted.agent().kill();
        restarted.agent().start();
        Await.until("the agent is ready", AGREEMENT_MAX, restarted::isReady);
        restarted.app().kill();
        restarted.app().start();
        Await.until("the application is ready", AGREEMENT_MAX, restarted::isReady);
        awaitDigest(cluster, after);
    }

    private static void awaitDigest(LocalCluster cluster, String expected) {
        Await.until(
                "equal states",
                AGREEMENT_MAX,
                () -> cluster.instances().stream()
                        .map(BackupIT::digest)
                        .collect(Collectors.toSet())
                        .equals(Set.of(expected)));
    }

    /** Of the state alone: the index is another in another cluster. */
    private static String digest(Instance instance) {
        JsonNode answer = Json.parse(instance.localQuery(Kv.DIGEST).body());
        return answer.has("sha256") ? answer.get("sha256").asString() : answer.toString();
    }

    private static Child run(LocalCluster cluster, String command, Instance asked, String... more) {
        List<String> arguments = new java.util.ArrayList<>(
                List.of(command, "--api=" + asked.place().api(), "--wait=60"));
        arguments.addAll(List.of(more));
        Child child = cluster.outrigger(command + "-" + System.nanoTime(), arguments);
        child.start();
        return child;
    }
}
