package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Logs that are cut behind snapshots, with real processes and under load. */
class SnapshotIT {
    private static final Duration SNAPSHOT_MAX = Duration.ofSeconds(60);
    private static final Duration BACK_MAX = Duration.ofSeconds(90);

    private static final LocalCluster cluster = LocalCluster.ofKv(
            Path.of(".."),
            Path.of("target/snapshots"),
            new LocalCluster.AgentExtras(List.of(), List.of("--snapshot-log=64KiB", "--log-tail=4KiB")),
            "a",
            "b",
            "c");

    private final Ledger ledger = new Ledger();

    @BeforeAll
    static void start() {
        cluster.start();
        cluster.awaitReady();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void whatTheLogNoLongerHoldsComesFromASnapshot() {
        try (Workload workload = new Workload(ledger, 1, List.copyOf(cluster.instances()))) {
            cluster.instances().forEach(SnapshotIT::awaitCutLog);

            Instance forgetful = cluster.othersThan(cluster.leader()).get(0);
            forgetful.app().kill();
            forgetful.app().start();
            Await.until(forgetful + "'s application is back", BACK_MAX, forgetful::isReady);
            workload.awaitProgress(cluster.instances());

            Instance emptied = cluster.othersThan(cluster.leader()).get(1);
            cluster.wipe(emptied);
            emptied.app().start();
            emptied.agent().start();
            Await.until(
                    emptied + " was given a snapshot",
                    BACK_MAX,
                    () -> emptied.isReady() && log(emptied).get("first").asLong() > 1);
            workload.awaitProgress(cluster.instances());
        }
        cluster.kill();
        cluster.start();
        cluster.awaitReady();
        assertAgreement();
    }

    private static void awaitCutLog(Instance instance) {
        Await.until(instance + " cuts its log behind a snapshot", SNAPSHOT_MAX, () -> {
            JsonNode snapshot = status(instance).get("snapshot");
            return !snapshot.isNull() && log(instance).get("first").asLong() > 1;
        });
    }

    private static JsonNode log(Instance instance) {
        return status(instance).get("log");
    }

    private static JsonNode status(Instance instance) {
        return Json.parse(instance.ops("/status").body());
    }

    private void assertAgreement() {
        Await.until("equal states", SNAPSHOT_MAX, () -> digests().size() == 1);
        String journal = Json.parse(cluster.leader().query(Kv.get(Workload.KEY)).body())
                .get("value")
                .asString();
        ledger.check(journal);
    }

    private static Set<String> digests() {
        return cluster.instances().stream()
                .map(instance -> instance.query(Kv.DIGEST))
                .peek(response -> assertEquals(200, response.statusCode(), response.body()))
                .map(response -> Json.parse(response.body()).get("sha256").asString())
                .collect(Collectors.toSet());
    }
}
