package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ApiFixture.eventually;
import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import io.vertx.core.Promise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiLimitsTest {
    private static final int BATCH_BYTES_MAX = 100_000;
    private static final int BODY_BYTES_MAX = 150_000;

    private final ApiFixture api = new ApiFixture(
            options -> new ApiOptions(
                    options.address(),
                    options.token(),
                    options.commandBytesMax(),
                    BATCH_BYTES_MAX,
                    options.batchCommandsMax(),
                    2,
                    BODY_BYTES_MAX,
                    4,
                    options.uploadSilenceMax(),
                    options.logKeepAlive()),
            Optional.empty());
    private final Promise<List<Answer<Answer.Applied>>> held = Promise.promise();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void whatIsTooLargeIsRefusedByItsAnnouncedLength() throws IOException {
        problem(api.post("/v1/commands", new byte[ApiFixture.COMMAND_BYTES_MAX + 1]), 413, "TOO_LARGE");
        problem(api.post("/v1/queries", new byte[ApiFixture.COMMAND_BYTES_MAX + 1]), 413, "TOO_LARGE");
        problem(
                api.post("/v1/commands/batch", new byte[BATCH_BYTES_MAX + 1], "Content-Type", "application/json"),
                413,
                "TOO_LARGE");
        assertEquals(List.of(), api.node.submitted);
    }

    @Test
    void whatIsTooLargeWithoutAnAnnouncedLengthIsRefusedWhenItHasSentTooMuch() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(api.uri("/v1/commands"))
                .POST(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(new byte[20 * ApiFixture.COMMAND_BYTES_MAX])))
                .build();
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());

        problem(response, 413, "TOO_LARGE");
        assertEquals(0, api.meters.get("outrigger.http.body").gauge().value());
    }

    @Test
    void theConnectionServesTheNextRequestAfterARefusedBody() throws IOException {
        try (RawHttp raw = new RawHttp(api.port)) {
            int length = ApiFixture.COMMAND_BYTES_MAX + 1;
            raw.send("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
            assertTrue(raw.answer().startsWith("HTTP/1.1 413"), "before the body is sent");
            raw.send(new byte[length]);
            raw.send("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
            assertTrue(raw.answer().endsWith("hi"));
        }
    }

    @Test
    void whoWaitsForContinueGetsItOnlyForABodyThatIsTaken() throws IOException {
        String head = "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ";
        try (RawHttp raw = new RawHttp(api.port)) {
            raw.send(head + "2\r\n\r\n");
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", raw.head());
            raw.send("hi");
            assertTrue(raw.answer().endsWith("hi"));
            raw.send(head + "99999999\r\n\r\n");
            String refused = raw.answer();
            assertTrue(refused.startsWith("HTTP/1.1 413") && refused.contains("connection: close"), refused);
            assertTrue(raw.closed());
        }
    }

    @Test
    void encodedBodiesAreNotTaken() throws IOException {
        problem(api.post("/v1/commands", new byte[2], "Content-Encoding", "gzip"), 415, "UNSUPPORTED_MEDIA_TYPE");
        assertEquals(
                200,
                api.post("/v1/commands", new byte[2], "Content-Encoding", "identity")
                        .statusCode());
    }

    @Test
    void moreRequestsThanTheLimitAreRefusedButTheStatusIsNot() throws IOException {
        api.node.onSubmit = commands -> held.future();
        try (RawHttp one = waitingCommand(1);
                RawHttp two = waitingCommand(1)) {
            eventually(() -> gauge("outrigger.http.in.flight") == 2);

            problem(api.post("/v1/commands", new byte[1]), 429, "OVERLOADED");
            problem(api.get("/v1/barrier"), 429, "OVERLOADED");
            assertEquals(200, api.get("/v1/status").statusCode());

            held.complete(List.of(new Answer.Ok<>(new Answer.Applied(1, 1, 0, Payload.EMPTY))));
            assertTrue(one.answer().startsWith("HTTP/1.1 200"));
            assertTrue(two.answer().startsWith("HTTP/1.1 200"));
        }
        eventually(() -> gauge("outrigger.http.in.flight") == 0);
        assertEquals(200, api.get("/v1/barrier").statusCode());
    }

    @Test
    void bodiesThatHoldTooMuchTogetherAreRefused() throws IOException {
        api.node.onSubmit = commands -> held.future();
        try (RawHttp one = waitingCommand(60_000)) {
            eventually(() -> gauge("outrigger.http.body") == 60_000);
            byte[] batch = new byte[95_000];
            problem(api.post("/v1/commands/batch", batch, "Content-Type", "application/json"), 429, "OVERLOADED");
            held.complete(List.of(new Answer.Ok<>(new Answer.Applied(1, 1, 0, Payload.EMPTY))));
            one.answer();
        }
        eventually(() -> gauge("outrigger.http.body") == 0);
    }

    @Test
    void aClientThatGoesAwayGivesItsPlaceBack() throws IOException {
        api.node.onSubmit = commands -> held.future();
        RawHttp one = waitingCommand(10);
        eventually(() -> gauge("outrigger.http.in.flight") == 1);
        one.hangUp();
        eventually(() -> gauge("outrigger.http.in.flight") == 0 && gauge("outrigger.http.body") == 0);
        try (RawHttp half = new RawHttp(api.port)) {
            half.send("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
            eventually(() -> gauge("outrigger.http.in.flight") == 1);
        }
        eventually(() -> gauge("outrigger.http.in.flight") == 0 && gauge("outrigger.http.body") == 0);
        assertEquals(1, api.node.submitted.size(), "half a command is none");
        held.complete(List.of(new Answer.Ok<>(new Answer.Applied(1, 1, 0, Payload.EMPTY))));
        assertEquals(200, api.get("/v1/barrier").statusCode(), "an answer for nobody does no harm");
    }

    @Test
    void moreConnectionsThanTheLimitAreClosed() throws IOException {
        List<RawHttp> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            open.add(new RawHttp(api.port));
        }
        eventually(() -> gauge("outrigger.http.connections") == 4);
        try (RawHttp five = new RawHttp(api.port)) {
            assertTrue(five.closed());
        }
        String answer = open.get(0)
                .send("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .answer();
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        for (RawHttp one : open) {
            one.hangUp();
        }
        eventually(() -> gauge("outrigger.http.connections") == 0);
        assertEquals(200, api.get("/v1/status").statusCode());
    }

    @Test
    void headsThatAreTooLongOrBrokenAreProblems() throws IOException {
        for (String head : List.of(
                "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nbroken header\r\n\r\n",
                "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                "GARBAGE\r\n\r\n")) {
            try (RawHttp raw = new RawHttp(api.port)) {
                String answer = raw.send(head).answer();
                assertTrue(answer.startsWith("HTTP/1.1 400") || answer.startsWith("HTTP/1.0 400"), answer);
                assertTrue(answer.contains("\"code\":\"MALFORMED\""), answer);
                assertTrue(raw.closed());
            }
        }
    }

    @Test
    void anUnparsablePathOrQueryIsMalformed() throws IOException {
        for (String target : List.of("/v1/queries?minIndex=%", "/v1/queries?%zz=1")) {
            try (RawHttp raw = new RawHttp(api.port)) {
                raw.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
                String answer = raw.answer();
                assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
                assertTrue(answer.contains("\"code\":\"MALFORMED\""), answer);
            }
        }
    }

    private RawHttp waitingCommand(int length) throws IOException {
        return new RawHttp(api.port)
                .send("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n")
                .send(new byte[length]);
    }

    private double gauge(String name) {
        return api.meters.get(name).gauge().value();
    }
}
