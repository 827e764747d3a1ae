package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.MembersOrder;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorRoutesTest {
    private static final byte[] NOTHING = {};

    private final ApiFixture api = new ApiFixture();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void skipsACommandForAReason() throws IOException {
        HttpResponse<byte[]> response =
                api.post("/v1/skip", bytes("{\"index\":42,\"reason\":\"a bad one\"}"), "Prefer", "wait=2");
        assertEquals(200, response.statusCode());
        assertEquals("{\"index\":42}", new String(response.body(), StandardCharsets.UTF_8));
        assertEquals(List.of(new FakeNode.Skip(42, "a bad one")), api.node.skips);
        for (String bad : List.of(
                "",
                "{}",
                "[]",
                "{\"index\":42}",
                "{\"index\":42,\"reason\":\" \"}",
                "{\"index\":\"42\",\"reason\":\"x\"}",
                "{\"index\":0,\"reason\":\"x\"}",
                "{\"index\":42.5,\"reason\":\"x\"}",
                "{\"index\":42,\"reason\":\"x\",\"more\":1}",
                "{\"index\":42,\"reason\":\"x\"} {}",
                "{\"index\":42,\"reason\":\"x\"",
                "{\"index\":99999999999999999999,\"reason\":\"x\"}")) {
            assertEquals(400, api.post("/v1/skip", bytes(bad)).statusCode(), bad);
        }
        assertEquals(1, api.node.skips.size());
    }

    @Test
    void resyncsAndSaysWhyNot() throws IOException {
        HttpResponse<byte[]> response = api.post("/v1/resync", NOTHING, "Prefer", "wait=2");
        assertEquals(200, response.statusCode());
        assertEquals("{\"index\":41}", new String(response.body(), StandardCharsets.UTF_8));
        api.node.resynced = Future.succeededFuture(
                new Answer.Failed<>(Problem.of(Problem.Code.NOT_QUARANTINED, Problem.Outcome.NONE, "It is not.")));
        assertEquals(409, api.post("/v1/resync", NOTHING).statusCode());
    }

    @Test
    void aTransferAnswersWhoLeads() throws IOException {
        HttpResponse<byte[]> response = api.post("/v1/leader", bytes("{\"to\":\"b\"}"), "Prefer", "wait=2");
        assertEquals(200, response.statusCode());
        assertEquals("{\"leader\":\"b\",\"term\":6}", text(response));
        assertEquals(List.of(Optional.of(new MemberId("b"))), api.node.transfers);
        assertEquals(List.of(Duration.ofSeconds(2)), api.node.waits);
    }

    @Test
    void aTransferNeedsNoTargetAndNoBody() throws IOException {
        assertEquals(200, api.post("/v1/leader", NOTHING).statusCode());
        assertEquals(200, api.post("/v1/leader", bytes("{}")).statusCode());
        assertEquals(List.of(Optional.empty(), Optional.empty()), api.node.transfers);
    }

    @Test
    void aMemberIsAddedRemovedOrReplaced() throws IOException {
        MemberId d = new MemberId("d");
        HttpResponse<byte[]> added = api.post("/v1/members", bytes("{\"name\":\"d\",\"peer\":\"host-d:7412\"}"));
        assertEquals(200, added.statusCode());
        assertEquals(
                "{\"index\":97,\"members\":[{\"name\":\"d\",\"peer\":\"host-d:7412\",\"role\":\"voter\"}]}",
                text(added));
        api.post("/v1/members", bytes("{\"name\":\"d\",\"peer\":\"h:1\",\"role\":\"learner\"}"));
        assertEquals(200, api.send("DELETE", "/v1/members/d", NOTHING).statusCode());
        assertEquals(200, api.post("/v1/members/d/replace", NOTHING).statusCode());
        assertEquals(
                List.of(
                        new MembersOrder.Add(d, "host-d:7412", true),
                        new MembersOrder.Add(d, "h:1", false),
                        new MembersOrder.Remove(d),
                        new MembersOrder.Replace(d)),
                api.node.orders);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "[]",
                "{\"name\":\"d\"}",
                "{\"name\":\"d d\",\"peer\":\"h:1\"}",
                "{\"name\":\"d\",\"peer\":1}",
                "{\"name\":\"d\",\"peer\":\"h:1\",\"name\":\"e\"}",
                "{\"name\":\"d\",\"peer\":\"h:1\",\"role\":\"leader\"}",
                "{\"name\":\"d\",\"peer\":\"h:1\",\"rolle\":\"voter\"}",
                "{\"name\":\"d\",\"peer\":\"h:1\"} more"
            })
    void whatIsNoMemberIsMalformed(String body) throws IOException {
        problem(api.post("/v1/members", bytes(body)), 400, "MALFORMED", "none");
        assertTrue(api.node.orders.isEmpty());
    }

    @Test
    void aNameThatNoMemberCanHaveIsMalformed() throws IOException {
        problem(api.send("DELETE", "/v1/members/-", NOTHING), 400, "MALFORMED", "none");
        problem(api.post("/v1/leader", bytes("{\"to\":\"\"}")), 400, "MALFORMED", "none");
    }

    @ParameterizedTest
    @CsvSource({"MEMBERSHIP_PENDING,409", "UNHEALTHY,409", "UNKNOWN_MEMBER,404", "NOT_MET,503", "DEADLINE,504"})
    void problemsKeepTheirCode(Problem.Code code, int status) throws IOException {
        Problem problem = Problem.of(code, Problem.Outcome.NONE, "why");
        api.node.changed = Future.succeededFuture(new Answer.Failed<>(problem));
        api.node.transfer = Future.succeededFuture(new Answer.Failed<>(problem));
        problem(api.post("/v1/members/d/replace", NOTHING), status, code.name(), "none");
        problem(api.post("/v1/leader", NOTHING), status, code.name(), "none");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
