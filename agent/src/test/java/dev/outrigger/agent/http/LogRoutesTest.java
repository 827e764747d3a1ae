package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ApiFixture.eventually;
import static dev.outrigger.agent.http.ProblemCheck.problem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.LogReader;
import dev.outrigger.agent.node.LoggedCommand;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRoutesTest {
    private final ApiFixture api = new ApiFixture(
            options -> new ApiOptions(
                    options.address(),
                    options.token(),
                    options.commandBytesMax(),
                    options.batchBytesMax(),
                    options.batchCommandsMax(),
                    1,
                    options.bodyBytesMax(),
                    options.connectionsMax(),
                    options.uploadSilenceMax(),
                    Duration.ofMillis(50)),
            Optional.empty());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Reader reader = new Reader();

    LogRoutesTest() {
        api.node.log = new Answer.Ok<>(reader);
    }

    @AfterEach
    void close() {
        api.close();
    }

    /** What is read, one answer after the other; who wants more waits. */
    private static final class Reader implements LogReader {
        private final List<Promise<Answer<List<LoggedCommand>>>> asked = new CopyOnWriteArrayList<>();
        private final AtomicInteger closed = new AtomicInteger();

        @Override
        public Future<Answer<List<LoggedCommand>>> next() {
            Promise<Answer<List<LoggedCommand>>> promise = Promise.promise();
            asked.add(promise);
            return promise.future();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private void give(int ask, Answer<List<LoggedCommand>> answer) {
        eventually(() -> reader.asked.size() > ask);
        api.node.context().runOnContext(ignored -> reader.asked.get(ask).complete(answer));
    }

    private static Answer<List<LoggedCommand>> commands(LoggedCommand... commands) {
        return new Answer.Ok<>(List.of(commands));
    }

    private static LoggedCommand command(long index, Optional<LoggedCommand.Sender> sender) {
        return new LoggedCommand(index, 3, 1_764_000_000_000L, Payload.of(new byte[] {1, -1}), sender);
    }

    private HttpResponse<InputStream> follow(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static String event(BufferedReader in) throws IOException {
        StringBuilder event = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty() && event.length() > 0) {
                break;
            }
            if (!line.isEmpty() && !line.startsWith(":")) {
                event.append(line).append('\n');
            }
        }
        return event.toString();
    }

    @Test
    void eachCommandIsAnEventUnderItsIndex() throws Exception {
        HttpResponse<InputStream> response = follow("/v1/log?from=7");
        assertEquals(200, response.statusCode());
        assertEquals(
                "text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(List.of(7L), api.node.logReads);

        try (BufferedReader in = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            give(0, commands(command(7, Optional.empty()), command(9, Optional.of(new LoggedCommand.Sender("s1", 4)))));
            assertEquals(
                    "id: 7\ndata: {\"index\":7,\"term\":3,\"time\":1764000000000,\"data\":\"Af8=\"}\n", event(in));
            assertEquals(
                    "id: 9\ndata: {\"index\":9,\"term\":3,\"time\":1764000000000,\"data\":\"Af8=\","
                            + "\"session\":\"s1\",\"sequence\":4}\n",
                    event(in));
            give(1, commands(command(10, Optional.empty())));
            assertTrue(event(in).startsWith("id: 10\n"));
        }
        eventually(() -> reader.closed.get() > 0);
    }

    @Test
    void whoHasLostTheConnectionGoesOnAfterTheLastEvent() throws Exception {
        follow("/v1/log?from=3", "Last-Event-ID", "41").body().close();
        follow("/v1/log", "Last-Event-ID", "0").body().close();
        follow("/v1/log").body().close();
        assertEquals(List.of(42L, 1L, 1L), api.node.logReads);
    }

    @Test
    void aReaderThatWaitsGetsComments() throws Exception {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(follow("/v1/log").body(), UTF_8))) {
            for (int i = 0; i < 6; i++) {
                assertEquals(i % 2 == 0 ? ":" : "", in.readLine());
            }
        }
    }

    @Test
    void readersTakeNoPlaceOfRequests() throws Exception {
        try (InputStream in = follow("/v1/log").body()) {
            assertEquals(200, api.get("/v1/barrier").statusCode(), "one request at a time is allowed here");
            assertTrue(in.read() >= 0);
        }
    }

    @Test
    void aSlowReaderIsReadNothingMoreUntilItHasTakenWhatThereIs() throws Exception {
        byte[] large = new byte[32 << 20];
        LoggedCommand command = new LoggedCommand(1, 1, 0, Payload.of(large), Optional.empty());
        try (RawHttp slow = new RawHttp(api.port)) {
            slow.send("GET /v1/log HTTP/1.1\r\nHost: localhost\r\n\r\n").head();
            give(0, commands(command));
            assertEquals(200, api.get("/v1/barrier").statusCode(), "others are served meanwhile");
            assertEquals(1, reader.asked.size());
        }
        eventually(() -> reader.closed.get() > 0);
    }

    @Test
    void aProblemWhileReadingIsAnEventAndTheEnd() throws Exception {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(follow("/v1/log").body(), UTF_8))) {
            give(0, new Answer.Failed<>(Problem.of(Problem.Code.SHUTTING_DOWN, Problem.Outcome.NONE, "over")));
            String event = event(in);
            assertTrue(event.startsWith("event: problem\ndata: "), event);
            assertEquals(
                    "SHUTTING_DOWN",
                    new JsonObject(event.substring(event.indexOf('{'))).getString("code"));
            assertEquals("", event(in));
        }
        eventually(() -> reader.closed.get() > 0);
    }

    @Test
    void whatIsDroppedIs410WithTheFirstIndex() throws Exception {
        api.node.log = new Answer.Failed<>(new Problem(
                Problem.Code.COMPACTED,
                Problem.Outcome.NONE,
                "gone",
                Optional.empty(),
                Optional.of(90L),
                Optional.empty()));
        assertEquals(90, problem(api.get("/v1/log?from=5"), 410, "COMPACTED").getLong("index"));
    }

    @Test
    void tooManyReadersAre429() throws Exception {
        api.node.log = new Answer.Failed<>(
                Problem.of(Problem.Code.OVERLOADED, Problem.Outcome.NONE, "16 readers follow it already"));
        problem(api.get("/v1/log"), 429, "OVERLOADED");
    }

    @Test
    void headTellsWhetherThereIsAnything() throws Exception {
        HttpResponse<byte[]> response = api.send("HEAD", "/v1/log", new byte[0]);
        assertEquals(200, response.statusCode());
        assertFalse(response.headers().firstValue("Content-Type").isEmpty());
        eventually(() -> reader.closed.get() > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=0", "from=-1", "from=x", "from=", "from=1&from=2", "since=4", "from=1&x=2", "from=%"})
    void refusesWhatIsNoIndex(String query) throws Exception {
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(api.uri("/v1/log?" + query.replace("%", "%25")))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        problem(response, 400, "MALFORMED");
        assertEquals(List.of(), api.node.logReads);
    }

    @Test
    void refusesALastEventThatIsNoIndex() throws Exception {
        problem(api.get("/v1/log", "Last-Event-ID", "abc"), 400, "MALFORMED");
    }
}
