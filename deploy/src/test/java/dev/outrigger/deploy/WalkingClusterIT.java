package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Three agents and three applications as real processes: commands, kill -9 of each and of all, and nothing lost. */
class WalkingClusterIT {
    private static final Duration AGREEMENT_MAX = Duration.ofSeconds(30);

    private static final Ledger ledger = new Ledger();
    private static int runs;

    private LocalCluster cluster;

    @BeforeEach
    void allIsWell() {
        cluster = SharedCluster.ready();
    }

    @Test
    void aFollowersAgentAnswersWithTheResultOfItsOwnApplication() {
        Instance follower = follower();
        HttpResponse<String> first = follower.submit(Kv.put("k", "1"));
        assertEquals(200, first.statusCode(), first.body());
        assertEquals("{\"previous\":null}", first.body());
        assertEquals("0", header(first, "Outrigger-Code"));
        assertTrue(Long.parseLong(header(first, "Outrigger-Index")) > 0);
        assertTrue(Long.parseLong(header(first, "Outrigger-Term")) > 0);
        assertEquals("{\"value\":\"1\"}", follower.localQuery(Kv.get("k")).body());
    }

    @Test
    void aRefusalOfTheStateMachineIsAResultWithItsCode() {
        follower().submit(Kv.put("refused", "1"));
        HttpResponse<String> refused = follower().submit(Kv.cas("refused", "2", "3"));
        assertEquals(422, refused.statusCode());
        assertEquals("1", header(refused, "Outrigger-Code"));
        assertEquals("{\"actual\":\"1\"}", refused.body());
    }

    @Test
    void aLinearizableReadAnywhereSeesWhatWasAcknowledgedElsewhere() {
        for (int i = 0; i < 20; i++) {
            Instance writer = cluster.instances().get(i % 3);
            Instance reader = cluster.instances().get((i + 1) % 3);
            assertEquals(200, writer.submit(Kv.put("seen", "" + i)).statusCode());
            assertEquals(
                    "{\"value\":\"" + i + "\"}", reader.query(Kv.get("seen")).body());
        }
    }

    @Test
    void commandsGoOnWithoutAnyOneAgent() {
        try (Workload workload = new Workload(ledger, ++runs, cluster.instances())) {
            for (Instance victim : cluster.instances()) {
                workload.awaitProgress(cluster.instances());
                victim.agent().kill();
                workload.awaitProgress(cluster.othersThan(victim));
                victim.agent().start();
                cluster.awaitReady();
            }
        }
        assertAgreement();
    }

    @Test
    void commandsGoOnWithoutAnyOneApplication() {
        try (Workload workload = new Workload(ledger, ++runs, cluster.instances())) {
            for (Instance victim : cluster.instances()) {
                workload.awaitProgress(cluster.instances());
                victim.app().kill();
                workload.awaitProgress(cluster.othersThan(victim));
                victim.app().start();
                cluster.awaitReady();
            }
        }
        assertAgreement();
    }

    @Test
    void nothingAcknowledgedIsMissingAfterAllAreKilledAtOnce() {
        try (Workload workload = new Workload(ledger, ++runs, cluster.instances())) {
            workload.awaitProgress(cluster.instances());
            cluster.kill();
        }
        cluster.start();
        cluster.awaitReady();
        assertAgreement();
    }

    /** So no start order can lock the cluster up: what a start waits for never depends on the others. */
    @Test
    void anAgentAloneIsUpAndAliveButNotReady() {
        cluster.kill();
        Instance alone = cluster.instances().get(0);
        alone.agent().start();
        Await.until("start-up", Duration.ofSeconds(60), () -> alone.answers("/startupz", 200));
        assertEquals(200, alone.ops("/livez").statusCode());
        assertEquals(503, alone.ops("/readyz").statusCode());
        cluster.start();
        cluster.awaitReady();
        assertAgreement();
    }

    @Test
    void anAgentStopsCleanlyOnSigterm() {
        Instance leader = cluster.leader();
        assertEquals(0, leader.agent().terminate(), leader.agent().output());
        for (Instance other : cluster.othersThan(leader)) {
            assertEquals(200, other.submit(Kv.put("after", "stop")).statusCode());
        }
        leader.agent().start();
        cluster.awaitReady();
    }

    @Test
    void theStatusDocumentSaysTheSameOnBothListeners() {
        Instance leader = cluster.leader();
        for (Instance instance : cluster.instances()) {
            JsonNode status = Json.parse(instance.ops("/status").body());
            assertEquals(leader.name(), status.get("leader").asString());
            assertEquals(instance.name(), status.at("/node/name").asString());
            assertEquals(3, status.get("members").size());
            assertEquals("serving", status.at("/app/state").asString());
            assertEquals(
                    Set.copyOf(status.propertyNames()),
                    Set.copyOf(Json.parse(instance.get("/v1/status").body()).propertyNames()));
        }
    }

    @Test
    void pageAndMetricsAreServed() {
        Instance instance = follower();
        assertTrue(instance.ops("/").body().contains("<html"));
        HttpResponse<String> metrics = instance.ops("/metrics");
        assertEquals(200, metrics.statusCode());
        assertTrue(metrics.body().contains("# TYPE outrigger_"), metrics.body());
    }

    /** All applications have applied all that was committed, are equal, and hold what the ledger says. */
    private void assertAgreement() {
        Await.until("equal digests", AGREEMENT_MAX, () -> digests().size() == 1);
        for (Instance instance : cluster.instances()) {
            String answer = instance.localQuery(Kv.get(Workload.KEY)).body();
            JsonNode journal = Json.parse(answer).get("value");
            ledger.check(journal.isNull() ? "" : journal.stringValue());
        }
        System.out.println(ledger);
    }

    private Set<String> digests() {
        cluster.instances()
                .forEach(instance ->
                        assertEquals(200, instance.get("/v1/barrier").statusCode()));
        return cluster.instances().stream()
                .map(instance -> instance.localQuery(Kv.DIGEST))
                .map(response -> {
                    assertEquals(200, response.statusCode(), response.body());
                    assertFalse(
                            Json.parse(response.body()).get("sha256").asString().isEmpty());
                    return response.body();
                })
                .collect(Collectors.toSet());
    }

    private Instance follower() {
        return cluster.othersThan(cluster.leader()).get(0);
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
