package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientApiTest {
    private static final byte[] COMMAND = "hi".getBytes(StandardCharsets.UTF_8);

    private final ApiFixture api = new ApiFixture();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void answersACommandWithItsResultAndPlaceInTheLog() throws IOException {
        HttpResponse<byte[]> response = api.post("/v1/commands", COMMAND);

        assertEquals(200, response.statusCode());
        assertArrayEquals(COMMAND, response.body());
        assertEquals("42", header(response, "outrigger-index"));
        assertEquals("3", header(response, "outrigger-term"));
        assertEquals("0", header(response, "outrigger-code"));
        assertEquals("no-store", header(response, "cache-control"));
        assertEquals(List.of(Payload.of(COMMAND)), api.node.submitted);
    }

    @Test
    void whatTheStateMachineRefusesIs422WithItsBytesAndCode() throws IOException {
        api.node.refuseWith(65535, new byte[] {0, -1});

        HttpResponse<byte[]> response = api.post("/v1/commands", COMMAND);

        assertEquals(422, response.statusCode());
        assertArrayEquals(new byte[] {0, -1}, response.body());
        assertEquals("65535", header(response, "outrigger-code"));
        assertEquals("42", header(response, "outrigger-index"));
        assertEquals("application/octet-stream", header(response, "content-type"));
    }

    @Test
    void anyBytesAreACommand() throws IOException {
        byte[] random = new byte[ApiFixture.COMMAND_BYTES_MAX];
        new Random(7).nextBytes(random);
        for (byte[] command : List.of(
                new byte[0],
                new byte[] {0, 0, 0},
                new byte[] {(byte) 0xc3, 0x28, (byte) 0xff},
                "[".repeat(10_000).getBytes(StandardCharsets.UTF_8),
                random)) {
            HttpResponse<byte[]> response = api.post("/v1/commands", command);
            assertEquals(200, response.statusCode());
            assertArrayEquals(command, response.body());
        }
    }

    @ParameterizedTest
    @EnumSource(Problem.Code.class)
    void everyProblemTravelsUnderItsStatus(Problem.Code code) throws IOException {
        api.node.failWith(new Problem(
                code,
                Problem.Outcome.UNKNOWN,
                "why",
                Optional.of(new MemberId("b")),
                Optional.of(77L),
                Optional.of(Duration.ofMillis(1500))));

        HttpResponse<byte[]> response = api.post("/v1/commands", COMMAND);

        JsonObject body = Buffer.buffer(response.body()).toJsonObject();
        assertEquals(code.status(), response.statusCode());
        ProblemCheck.check(body, code.status(), "unknown");
        assertEquals(code.name(), body.getString("code"));
        assertEquals("b", body.getString("leader"));
        assertEquals(77, body.getLong("index"));
        assertEquals(1500, body.getLong("retryAfterMs"));
        assertEquals("2", header(response, "retry-after"));
        assertEquals(code == Problem.Code.UNAUTHORIZED ? "Bearer" : "", header(response, "www-authenticate"));
        assertEquals(
                1,
                api.meters
                        .counter("outrigger.http.refused", "listener", "api", "code", code.name())
                        .count());
    }

    @Test
    void aFailureAfterTheProposalLeavesTheOutcomeOpen() throws IOException {
        api.node.onSubmit = commands -> Future.failedFuture(new IllegalStateException("secret detail"));

        JsonObject body = problem(api.post("/v1/commands", COMMAND), 500, "INTERNAL", "unknown");

        assertTrue(!body.toString().contains("secret"), body.toString());
    }

    @Test
    void aHandlerThatThrowsIsAnInternalProblem() throws IOException {
        api.node.onSubmit = commands -> {
            throw new IllegalStateException("bug");
        };
        problem(api.post("/v1/commands", COMMAND), 500, "INTERNAL", "unknown");
        api.node.onQuery = query -> {
            throw new IllegalStateException("bug");
        };
        problem(api.post("/v1/queries", COMMAND), 500, "INTERNAL", "none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait=7|7000",
                "wait=0.25|250",
                "wait=\"3\"|3000",
                "respond-async, wait = 2 ; x=1|2000",
                "WAIT=1|1000",
                "wait=0|1",
                "wait=100000|300000",
                "respond-async|5000",
                "|5000"
            })
    void waitsAsLongAsTheCallerPrefers(String prefer, long millis) throws IOException {
        if (prefer == null) {
            api.post("/v1/commands", COMMAND);
        } else {
            api.post("/v1/commands", COMMAND, "Prefer", prefer);
        }

        assertEquals(List.of(Duration.ofMillis(millis)), api.node.waits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait=", "wait=x", "wait=-1", "wait=1e9", "wait=NaN", "wait=99999999999"})
    void refusesAWaitThatIsNoNumber(String prefer) throws IOException {
        problem(api.post("/v1/commands", COMMAND, "Prefer", prefer), 400, "MALFORMED");
        problem(api.get("/v1/barrier", "Prefer", prefer), 400, "MALFORMED");
        assertEquals(List.of(), api.node.submitted);
    }

    @Test
    void saysThatThereAreNoSessions() throws IOException {
        problem(api.post("/v1/commands", COMMAND, "Outrigger-Session", "s"), 400, "MALFORMED");
        problem(api.post("/v1/commands", COMMAND, "Outrigger-Sequence", "1"), 400, "MALFORMED");
        assertEquals(List.of(), api.node.submitted);
    }

    @Test
    void queriesAreLinearizableUnlessSaidOtherwise() throws IOException {
        assertArrayEquals(COMMAND, api.post("/v1/queries", COMMAND).body());
        api.post("/v1/queries?consistency=linearizable&minIndex=0", COMMAND);
        api.post("/v1/queries?consistency=local&minIndex=90", COMMAND, "Prefer", "wait=1");

        assertEquals(
                List.of(
                        new FakeNode.Query(Payload.of(COMMAND), true, 0, Duration.ofSeconds(5)),
                        new FakeNode.Query(Payload.of(COMMAND), true, 0, Duration.ofSeconds(5)),
                        new FakeNode.Query(Payload.of(COMMAND), false, 90, Duration.ofSeconds(1))),
                api.node.queries);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "consistency=eventual",
                "consistency=",
                "consistency=local&consistency=local",
                "minIndex=-1",
                "minIndex=x",
                "minIndex=",
                "minIndex=9999999999999999999",
                "minIndex=1&minIndex=2",
                "minindex=1"
            })
    void refusesQueryParametersThatItDoesNotUnderstand(String parameters) throws IOException {
        problem(api.post("/v1/queries?" + parameters, COMMAND), 400, "MALFORMED");
        assertEquals(List.of(), api.node.queries);
    }

    @Test
    void aQueryThatFailsIsAProblem() throws IOException {
        api.node.onQuery = query -> Future.succeededFuture(new Answer.Failed<>(
                Problem.of(Problem.Code.APP_UNAVAILABLE, Problem.Outcome.NONE, "The application is away.")));

        JsonObject body = problem(api.post("/v1/queries", COMMAND), 503, "APP_UNAVAILABLE");

        assertEquals(1000, body.getLong("retryAfterMs"));
    }

    @Test
    void theBarrierGivesTheIndex() throws IOException {
        HttpResponse<byte[]> response = api.get("/v1/barrier", "Prefer", "wait=2");

        assertEquals("{\"index\":90}", new String(response.body(), StandardCharsets.UTF_8));
        assertEquals("application/json", header(response, "content-type"));
        assertEquals(List.of(Duration.ofSeconds(2)), api.node.waits);
    }

    @Test
    void theBarrierFailsAsAProblem() throws IOException {
        api.node.barrier = Future.succeededFuture(
                new Answer.Failed<>(Problem.of(Problem.Code.NO_LEADER, Problem.Outcome.NONE, "No leader.")));

        problem(api.get("/v1/barrier"), 503, "NO_LEADER");
    }

    @Test
    void theStatusIsTheDocumentOfTheOpsListener() throws IOException {
        HttpResponse<byte[]> response = api.get("/v1/status");

        assertEquals(200, response.statusCode());
        assertEquals(
                Json.write(new StatusDocument(api.node.status)).toString(),
                new String(response.body(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/sessions/x/commands",
                "/v1/log/x",
                "/v1/commands/x",
                "/v1/snapshots/x",
                "/V1/commands"
            })
    void pathsThatAreNotThereAreProblems(String path) throws IOException {
        JsonObject body = problem(api.post(path, COMMAND), 404, "NOT_FOUND");

        assertTrue(body.getString("detail").contains("/v1/commands/batch"), body.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/v1/commands,'POST, OPTIONS'",
        "DELETE,/v1/commands/batch,'POST, OPTIONS'",
        "PUT,/v1/queries,'POST, OPTIONS'",
        "POST,/v1/barrier,'GET, HEAD, OPTIONS'",
        "PATCH,/v1/status,'GET, HEAD, OPTIONS'",
        "BREW,/v1/status,'GET, HEAD, OPTIONS'"
    })
    void otherMethodsAreProblemsThatNameTheRightOnes(String method, String path, String allow) throws IOException {
        HttpResponse<byte[]> response = api.send(method, path, new byte[0]);

        problem(response, 405, "METHOD_NOT_ALLOWED");
        assertEquals(allow, header(response, "allow"));
    }

    @Test
    void optionsNamesTheMethodsAndHeadIsGetWithoutABody() throws IOException {
        HttpResponse<byte[]> options = api.send("OPTIONS", "/v1/commands", new byte[0]);
        assertEquals(204, options.statusCode());
        assertEquals("POST, OPTIONS", header(options, "allow"));
        assertEquals("", header(options, "access-control-allow-origin"));

        HttpResponse<byte[]> head = api.send("HEAD", "/v1/status", new byte[0]);
        assertEquals(200, head.statusCode());
        assertEquals(0, head.body().length);
    }

    @Test
    void measuresRequestsByRouteAndStatus() throws IOException {
        api.post("/v1/commands", COMMAND);
        api.node.refuseWith(1, COMMAND);
        api.post("/v1/commands", COMMAND);

        for (String status : List.of("200", "422")) {
            assertEquals(
                    1,
                    api.meters
                            .get("outrigger.http.requests")
                            .tag("route", "/v1/commands")
                            .tag("status", status)
                            .timer()
                            .count());
        }
    }

    private static String header(HttpResponse<byte[]> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
