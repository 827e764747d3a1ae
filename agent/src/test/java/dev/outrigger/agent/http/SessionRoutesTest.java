package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /v1/sessions}, and commands that name one. */
class SessionRoutesTest {
    private static final byte[] NOTHING = {};
    private static final byte[] COMMAND = {1, 2};

    private final ApiFixture api = new ApiFixture();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void opensASession() throws IOException {
        HttpResponse<byte[]> opened = api.post("/v1/sessions", NOTHING);
        assertEquals(201, opened.statusCode());
        assertEquals("{\"session\":\"42-5f0c\",\"ttlMs\":3600000}", text(opened));
        assertEquals(
                "{\"session\":\"42-5f0c\",\"ttlMs\":1000}", text(api.post("/v1/sessions", json("{\"ttlMs\":1000}"))));
        api.post("/v1/sessions", json("{\"ttlMs\":604800000}"));
        api.post("/v1/sessions", json("{}"));
        assertEquals(
                List.of(
                        "open OptionalLong.empty",
                        "open OptionalLong[1000]",
                        "open OptionalLong[604800000]",
                        "open OptionalLong.empty"),
                api.node.sessionsAsked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ttlMs\":999}",
                "{\"ttlMs\":604800001}",
                "{\"ttlMs\":-1}",
                "{\"ttlMs\":\"1h\"}",
                "{\"ttlMs\":1e4}",
                "{\"ttl\":1000}",
                "[]",
                "{",
                "x",
                "{\"ttlMs\":1000}x",
                "{\"ttlMs\":1000,\"ttlMs\":1000}",
                "{\"ttlMs\":99999999999999999999}"
            })
    void refusesAnyOtherTimeToLive(String body) throws IOException {
        problem(api.post("/v1/sessions", json(body)), 400, "MALFORMED");
        assertEquals(List.of(), api.node.sessionsAsked);
    }

    @Test
    void closesASession() throws IOException {
        HttpResponse<byte[]> closed = api.send("DELETE", "/v1/sessions/42-5f0c", NOTHING);
        assertEquals(204, closed.statusCode());
        assertEquals(0, closed.body().length);
        api.node.closed = failed(Problem.Code.SESSION_EXPIRED, Problem.Outcome.UNKNOWN);
        problem(api.send("DELETE", "/v1/sessions/42-5f0c", NOTHING), 410, "SESSION_EXPIRED", "unknown");
        assertEquals(List.of("close 42-5f0c", "close 42-5f0c"), api.node.sessionsAsked);
    }

    @Test
    void saysWhatBecameOfANumber() throws IOException {
        String path = "/v1/sessions/42-5f0c/commands/7";
        assertEquals("{\"state\":\"unseen\"}", text(api.get(path)));
        api.node.numbered = ok(new Answer.Numbered.Forgotten());
        assertEquals("{\"state\":\"forgotten\"}", text(api.get(path)));
        api.node.numbered = ok(new Answer.Numbered.Executed(50, Optional.empty()));
        assertEquals("{\"state\":\"applied\",\"index\":50,\"result\":null}", text(api.get(path)));
        Answer.Applied result = new Answer.Applied(50, 3, 7, Payload.of("hi".getBytes(StandardCharsets.UTF_8)));
        api.node.numbered = ok(new Answer.Numbered.Executed(50, Optional.of(result)));
        assertEquals(
                "{\"state\":\"applied\",\"index\":50,\"term\":3,\"code\":7,\"data\":\"aGk=\"}", text(api.get(path)));
        api.node.numbered = failed(Problem.Code.SESSION_EXPIRED, Problem.Outcome.UNKNOWN);
        problem(api.get(path), 410, "SESSION_EXPIRED", "unknown");
        problem(api.get("/v1/sessions/42-5f0c/commands/0"), 400, "MALFORMED");
        problem(api.get("/v1/sessions/42-5f0c/commands/x"), 400, "MALFORMED");
        assertEquals("look 42-5f0c 7", api.node.sessionsAsked.get(0));
        assertEquals(5, api.node.sessionsAsked.size());
    }

    @Test
    void aCommandNamesItsPlaceInHeaders() throws IOException {
        assertEquals(
                200,
                command("Outrigger-Session", "42-5f0c", "Outrigger-Sequence", "7")
                        .statusCode());
        assertEquals(200, command().statusCode());
        assertEquals(List.of(Optional.of(new ClientCommand.Place("42-5f0c", 7)), Optional.empty()), api.node.places);
    }

    @Test
    void whatNamesHalfAPlaceIsRefused() throws IOException {
        problem(command("Outrigger-Session", "s"), 400, "MALFORMED");
        problem(command("Outrigger-Sequence", "1"), 400, "MALFORMED");
        for (String sequence : List.of("0", "-1", "1.0", "x", "1000000000000000000", "+1")) {
            problem(command("Outrigger-Session", "s", "Outrigger-Sequence", sequence), 400, "MALFORMED");
        }
        problem(command("Outrigger-Session", "s".repeat(65), "Outrigger-Sequence", "1"), 400, "MALFORMED");
        problem(
                command("Outrigger-Session", "s", "Outrigger-Session", "t", "Outrigger-Sequence", "1"),
                400,
                "MALFORMED");
        problem(
                api.post(
                        "/v1/commands/batch",
                        json("{\"commands\":[]}"),
                        "Content-Type",
                        "application/json",
                        "Outrigger-Session",
                        "s",
                        "Outrigger-Sequence",
                        "1"),
                400,
                "MALFORMED");
        assertEquals(List.of(), api.node.submitted);
    }

    @Test
    void problemsOfSessionsHaveTheirStatus() throws IOException {
        check(Problem.Code.SEQUENCE_CONFLICT, 409, Problem.Outcome.NONE);
        check(Problem.Code.SESSION_EXPIRED, 410, Problem.Outcome.UNKNOWN);
        check(Problem.Code.SEQUENCE_FORGOTTEN, 410, Problem.Outcome.UNKNOWN);
        check(Problem.Code.RESULT_DROPPED, 410, Problem.Outcome.APPLIED);
    }

    private void check(Problem.Code code, int status, Problem.Outcome outcome) throws IOException {
        api.node.failWith(new Problem(code, outcome, "Why.", Optional.empty(), Optional.of(50L), Optional.empty()));
        String text = outcome.name().toLowerCase(Locale.ROOT);
        assertEquals(
                50,
                problem(command("Outrigger-Session", "s", "Outrigger-Sequence", "1"), status, code.name(), text)
                        .getInteger("index"));
    }

    private HttpResponse<byte[]> command(String... headers) throws IOException {
        return api.post("/v1/commands", COMMAND, headers);
    }

    private static <T> Future<Answer<T>> ok(T value) {
        return Future.succeededFuture(new Answer.Ok<>(value));
    }

    private static <T> Future<Answer<T>> failed(Problem.Code code, Problem.Outcome outcome) {
        return Future.succeededFuture(new Answer.Failed<>(Problem.of(code, outcome, "Why.")));
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
