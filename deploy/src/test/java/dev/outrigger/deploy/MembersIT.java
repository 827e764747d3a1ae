package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The operator's part, with real processes and under load: who leads, and who belongs to the cluster. */
class MembersIT {
    private static final Duration OPERATOR_MAX = Duration.ofSeconds(60);
    private static final Duration AGREEMENT_MAX = Duration.ofSeconds(30);

    private static final LocalCluster cluster =
            LocalCluster.ofKv(Path.of(".."), Path.of("target/members"), "a", "b", "c");

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
    void leadershipMovesAndMembersComeGoAndAreReplacedWhileCommandsGoOn() {
        try (Workload workload = new Workload(ledger, 1, List.copyOf(cluster.instances()))) {
            workload.awaitProgress(cluster.instances());
            transfer();
            workload.awaitProgress(cluster.instances());
            addFourth();
            workload.awaitProgress(List.of(cluster.instances().get(0)));
            removeLeader();
            replaceOne();
        }
        restartAll();
        assertAgreement();
    }

    private void transfer() {
        Instance leader = cluster.leader();
        List<Instance> others = cluster.othersThan(leader);
        Instance target = others.get(0);
        HttpResponse<String> moved = operate(others.get(1), "/v1/leader", "POST", "{\"to\":\"" + target + "\"}");
        assertEquals(200, moved.statusCode(), moved.body());
        assertEquals(target.name(), Json.parse(moved.body()).get("leader").asString());
        assertEquals(target, cluster.leader());
    }

    private void addFourth() {
        Instance asked = cluster.othersThan(cluster.leader()).get(0);
        String unknown = operate(asked, "/v1/members/d", "DELETE", "").body();
        assertEquals("UNKNOWN_MEMBER", Json.parse(unknown).get("code").asString());
        Instance added = cluster.add("d");
        added.agent().start();
        added.app().start();
        HttpResponse<String> answer = operate(
                asked,
                "/v1/members",
                "POST",
                "{\"name\":\"d\",\"peer\":\"" + added.place().peer() + "\"}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(Set.of("a:voter", "b:voter", "c:voter", "d:voter"), roles(answer.body()));
        Await.until("d is ready", OPERATOR_MAX, added::isReady);
        assertEquals(200, added.submit(Kv.put("through", "d")).statusCode());
    }

    private void removeLeader() {
        Instance leader = cluster.leader();
        HttpResponse<String> removed = operate(leader, "/v1/members/" + leader, "DELETE", "");
        assertEquals(200, removed.statusCode(), removed.body());
        assertEquals(3, roles(removed.body()).size());
        Await.until(
                "it knows",
                OPERATOR_MAX,
                () -> status(leader).get("role").asString().equals("removed"));
        cluster.forget(leader);
        Instance next = cluster.leader();
        assertEquals(200, next.submit(Kv.put("after", "removal")).statusCode());
        Await.until(
                "all know",
                OPERATOR_MAX,
                () -> cluster.instances().stream()
                        .allMatch(instance -> status(instance).get("members").size() == 3));
    }

    private void replaceOne() {
        Instance victim = cluster.othersThan(cluster.leader()).get(0);
        Instance asked = cluster.leader();
        cluster.wipe(victim);
        victim.agent().start();
        victim.app().start();
        HttpResponse<String> replaced = operate(asked, "/v1/members/" + victim + "/replace", "POST", "");
        assertEquals(200, replaced.statusCode(), replaced.body());
        assertTrue(roles(replaced.body()).contains(victim + ":voter"), replaced.body());
        Await.until(victim + " is ready", OPERATOR_MAX, victim::isReady);
    }

    /** The members are in the log, not in anybody's settings. */
    private void restartAll() {
        cluster.kill();
        cluster.start();
        cluster.awaitReady();
        for (Instance instance : cluster.instances()) {
            Set<String> names =
                    cluster.instances().stream().map(each -> each + ":voter").collect(Collectors.toSet());
            assertEquals(names, roles(instance.get("/v1/status").body()));
        }
    }

    private void assertAgreement() {
        cluster.instances()
                .forEach(each -> assertEquals(200, each.get("/v1/barrier").statusCode()));
        Await.until(
                "equal digests",
                AGREEMENT_MAX,
                () -> cluster.instances().stream()
                                .map(instance -> instance.localQuery(Kv.DIGEST).body())
                                .distinct()
                                .count()
                        == 1);
        String answer = cluster.leader().localQuery(Kv.get(Workload.KEY)).body();
        ledger.check(Json.parse(answer).get("value").asString());
    }

    private static HttpResponse<String> operate(Instance instance, String path, String method, String body) {
        return instance.send(instance.request(path)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Prefer", "wait=" + OPERATOR_MAX.toSeconds())
                .timeout(OPERATOR_MAX.plusSeconds(5))
                .build());
    }

    private static JsonNode status(Instance instance) {
        return Json.parse(instance.ops("/status").body());
    }

    private static Set<String> roles(String document) {
        return StreamSupport.stream(Json.parse(document).get("members").spliterator(), false)
                .map(member ->
                        member.get("name").asString() + ":" + member.get("role").asString())
                .collect(Collectors.toSet());
    }
}
