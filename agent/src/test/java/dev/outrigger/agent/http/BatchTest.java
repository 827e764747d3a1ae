package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
    private final ApiFixture api = new ApiFixture();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void answersInTheOrderOfTheCommands() throws IOException {
        HttpResponse<byte[]> response =
                send("{\"commands\":[{\"data\":\"aGk=\"},{\"data\":\"\"},{\"data\":\"AP8=\"}]}", "Prefer", "wait=3");

        assertEquals(
                "{\"results\":[{\"index\":42,\"term\":3,\"code\":0,\"data\":\"aGk=\"},"
                        + "{\"index\":43,\"term\":3,\"code\":0,\"data\":\"\"},"
                        + "{\"index\":44,\"term\":3,\"code\":0,\"data\":\"AP8=\"}]}",
                new String(response.body(), StandardCharsets.UTF_8));
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/json",
                response.headers().firstValue("content-type").orElse(""));
        assertArrayEquals(new byte[] {0, -1}, api.node.submitted.get(2).array());
        assertEquals(List.of(Duration.ofSeconds(3)), api.node.waits);
    }

    @Test
    void oneBadCommandDoesNotSpoilTheOthers() throws IOException {
        String large = Base64.getEncoder().encodeToString(new byte[ApiFixture.COMMAND_BYTES_MAX + 1]);
        JsonArray results = results("{\"commands\":[{\"data\":\"aGk=\"},{\"data\":\"not base64\"},{},{\"data\":7},"
                + "{\"data\":\"" + large + "\"},\"aGk=\",{\"data\":\"aGk=\",\"session\":\"s\",\"sequence\":1},"
                + "{\"data\":\"aGk=\",\"sesion\":\"s\"},{\"data\":\"aGk=\",\"data\":\"aGk=\"},"
                + "{\"session\":null,\"data\":\"aG8=\",\"sequence\":null}]}");

        assertEquals(10, results.size());
        assertEquals("aGk=", results.getJsonObject(0).getString("data"));
        check(results, 1, "MALFORMED", 400);
        check(results, 2, "MALFORMED", 400);
        check(results, 3, "MALFORMED", 400);
        check(results, 4, "TOO_LARGE", 413);
        check(results, 5, "MALFORMED", 400);
        assertEquals("aGk=", results.getJsonObject(6).getString("data"));
        check(results, 7, "MALFORMED", 400);
        check(results, 8, "MALFORMED", 400);
        assertEquals("aG8=", results.getJsonObject(9).getString("data"));
        assertEquals(3, api.node.submitted.size());
        assertEquals(
                List.of(Optional.empty(), Optional.of(new ClientCommand.Place("s", 1)), Optional.empty()),
                api.node.places);
        assertEquals(
                6,
                api.meters
                        .counter("outrigger.http.refused", "listener", "api", "code", "MALFORMED")
                        .count());
    }

    @Test
    void eachCommandHasItsOwnAnswer() throws IOException {
        Problem gone = Problem.of(Problem.Code.DEADLINE, Problem.Outcome.UNKNOWN, "The deadline passed.");
        api.node.onSubmit = commands -> Future.succeededFuture(List.of(
                new Answer.Ok<>(new Answer.Applied(7, 2, 9, Payload.of(new byte[] {1}))), new Answer.Failed<>(gone)));

        JsonArray results = results("{\"commands\":[{\"data\":\"\"},{\"data\":\"\"}]}");

        assertEquals(9, results.getJsonObject(0).getInteger("code"));
        JsonObject problem = results.getJsonObject(1).getJsonObject("problem");
        ProblemCheck.check(problem, 504, "unknown");
        assertFalse(results.getJsonObject(1).containsKey("index"));
    }

    @Test
    void anEmptyBatchAsksNobody() throws IOException {
        assertEquals(new JsonArray(), results("{\"commands\":[]}"));
        assertEquals(List.of(), api.node.waits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"commands\":{}}",
                "{\"commands\":[],\"more\":1}",
                "{\"more\":1,\"commands\":[]}",
                "{\"commands\":[]}{}",
                "{\"commands\":[]} x",
                "{\"commands\":[{\"data\":\"aGk=\"}",
                "{\"commands\":[{\"data\":\"aGk=\"},]}",
                "{'commands':[]}",
                "{\"commands\":[{\"data\":\"a\u0000b\"}]}",
                "\u0000",
                "{\"commands\":[{\"data\":NaN}]}"
            })
    void whatIsNotABatchIsMalformed(String body) throws IOException {
        problem(send(body), 400, "MALFORMED");
        assertEquals(List.of(), api.node.submitted);
    }

    @Test
    void depthBombsAreMalformed() throws IOException {
        for (String opening : List.of("[", "{\"a\":", "{\"commands\":[{\"data\":", "{\"commands\":[[", "[{\"a\":[")) {
            problem(send(opening.repeat(10_000)), 400, "MALFORMED");
            problem(send("{\"commands\":[{\"x\":" + opening.repeat(10_000)), 400, "MALFORMED");
        }
    }

    @Test
    void aDepthBombThatIsWellFormedIsMalformedToo() throws IOException {
        problem(send("{\"commands\":[{\"x\":" + "[".repeat(500) + "]".repeat(500) + "}]}"), 400, "MALFORMED");
    }

    @Test
    void theFirstThingThatIsWrongCounts() throws IOException {
        check(results("{\"commands\":[{\"data\":\"!\",\"session\":\"s\"}]}"), 0, "MALFORMED", 400);
        check(results("{\"commands\":[{\"session\":\"\",\"data\":\"!\"}]}"), 0, "MALFORMED", 400);
    }

    @Test
    void bytesThatAreNoUtf8AreMalformed() throws IOException {
        byte[] body = "{\"commands\":[{\"data\":\"??\"}]}".getBytes(StandardCharsets.ISO_8859_1);
        body[22] = (byte) 0xc3;
        body[23] = (byte) 0x28;

        problem(api.post("/v1/commands/batch", body, "Content-Type", "application/json"), 400, "MALFORMED");
    }

    @ParameterizedTest
    @CsvSource({"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "''"})
    void takesJsonOnly(String type) throws IOException {
        byte[] body = "{\"commands\":[]}".getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> response = type.isEmpty()
                ? api.post("/v1/commands/batch", body)
                : api.post("/v1/commands/batch", body, "Content-Type", type);
        problem(response, 415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void takesJsonWithParameters() throws IOException {
        byte[] body = "{\"commands\":[]}".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                200,
                api.post("/v1/commands/batch", body, "Content-Type", "Application/JSON; charset=utf-8")
                        .statusCode());
    }

    @Test
    void thousandsOfCommandsKeepTheirOrder() throws IOException {
        StringBuilder body = new StringBuilder("{\"commands\":[");
        for (int i = 0; i < 10_000; i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"data\":\"")
                    .append(base64(i))
                    .append("\"}");
        }
        JsonArray results = results(body.append("]}").toString());

        for (int i = 0; i < 10_000; i++) {
            assertEquals(base64(i), results.getJsonObject(i).getString("data"));
        }
        String tooMany = body.substring(0, body.length() - 2) + ",{}]}";
        JsonObject problem = problem(send(tooMany), 413, "TOO_LARGE");
        assertTrue(problem.getString("detail").contains("10000"), problem.toString());
    }

    private JsonArray results(String body) throws IOException {
        HttpResponse<byte[]> response = send(body);
        assertEquals(200, response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        return Buffer.buffer(response.body()).toJsonObject().getJsonArray("results");
    }

    private HttpResponse<byte[]> send(String body, String... headers) throws IOException {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/json";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return api.post("/v1/commands/batch", body.getBytes(StandardCharsets.UTF_8), all);
    }

    private static void check(JsonArray results, int place, String code, int status) {
        JsonObject problem = results.getJsonObject(place).getJsonObject("problem");
        ProblemCheck.check(problem, status, "none");
        assertEquals(code, problem.getString("code"));
    }

    private static String base64(int number) {
        return Base64.getEncoder().encodeToString(("command " + number).getBytes(StandardCharsets.UTF_8));
    }
}
