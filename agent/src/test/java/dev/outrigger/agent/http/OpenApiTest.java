package dev.outrigger.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Problem;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The document and the code say the same: paths, methods, problem codes, what is answered. */
class OpenApiTest {
    private final OpenApi document = OpenApi.agent();
    private final ApiFixture api = new ApiFixture();
    private final OpsListener ops = new OpsListener(
            api.node,
            OpsOptions.withDefaults(new ListenAddress("OUTRIGGER_OPS", "127.0.0.1", 0), List.of()),
            System::nanoTime,
            () -> true,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    private final int opsPort = ApiFixture.await(ops.listen());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        ApiFixture.await(ops.close());
        api.close();
    }

    private HttpResponse<byte[]> ops(String method, String path) throws Exception {
        return send(opsPort, method, path);
    }

    private HttpResponse<byte[]> send(int port, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    /** As a listener tells them itself. */
    private Set<String> routed(int port) throws Exception {
        String detail = Buffer.buffer(send(port, "GET", "/no/such/path").body())
                .toJsonObject()
                .getString("detail");
        String list = detail.substring(detail.indexOf("serves ") + 7, detail.length() - 1);
        Set<String> operations = new TreeSet<>();
        for (String path : list.split(", ")) {
            String allow = send(port, "OPTIONS", path.replace(":", ""))
                    .headers()
                    .firstValue("allow")
                    .orElse("");
            Stream.of(allow.split(", "))
                    .filter(method -> !method.equals("HEAD") && !method.equals("OPTIONS"))
                    .forEach(method -> operations.add(method + " " + path.replaceAll(":(\\w+)", "{$1}")));
        }
        return operations;
    }

    @Test
    void everyPathIsInTheDocumentAndTheOtherWayRound() throws Exception {
        assertEquals(document.operations(false), routed(api.port));
        Set<String> both = Set.of("GET /openapi.yaml", "GET /app-openapi.yaml");
        assertEquals(document.operations(true), without(routed(opsPort), both));
        assertTrue(routed(opsPort).containsAll(both));
    }

    @Test
    void everyProblemCodeIsInTheDocumentAndTheOtherWayRound() {
        Set<String> inCode = Arrays.stream(Problem.Code.values())
                .map(code -> code.status() + " " + code)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(document.problemCodes(), inCode);
        assertEquals(
                document.enumOf("Problem", "code"),
                document.problemCodes().stream()
                        .map(statusAndCode -> statusAndCode.substring(4))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    @Test
    void bothDocumentsAreServedOnBothListeners() throws Exception {
        for (String name : List.of("openapi.yaml", "app-openapi.yaml")) {
            byte[] kept;
            try (InputStream in = ApiDocuments.class.getResourceAsStream(name)) {
                kept = in.readAllBytes();
            }
            for (int port : List.of(api.port, opsPort)) {
                HttpResponse<byte[]> response = send(port, "GET", "/" + name);
                document.check("GET /" + name, response);
                assertArrayEquals(kept, response.body());
            }
        }
    }

    @Test
    void goodAnswersAreAsDescribed() throws Exception {
        byte[] none = {};
        document.check("POST /v1/commands", api.post("/v1/commands", new byte[] {1}));
        document.check(
                "POST /v1/commands/batch",
                api.post(
                        "/v1/commands/batch",
                        "{\"commands\":[{\"data\":\"AQ==\"},{\"data\":\"?\"}]}".getBytes(UTF_8),
                        "Content-Type",
                        "application/json"));
        document.check("GET /v1/barrier", api.get("/v1/barrier"));
        document.check("POST /v1/queries", api.post("/v1/queries", none));
        document.check("GET /v1/status", api.get("/v1/status"));
        document.check("POST /v1/leader", api.post("/v1/leader", none));
        document.check(
                "POST /v1/members", api.post("/v1/members", "{\"name\":\"d\",\"peer\":\"d:7412\"}".getBytes(UTF_8)));
        document.check("DELETE /v1/members/{name}", api.send("DELETE", "/v1/members/d", none));
        document.check("POST /v1/members/{name}/replace", api.post("/v1/members/d/replace", none));
        document.check("POST /v1/snapshots", api.post("/v1/snapshots", none));
        for (String path : List.of("/", "/status", "/livez", "/startupz", "/readyz", "/metrics")) {
            document.check("GET " + path, ops("GET", path));
        }
        document.check("POST /drain", ops("POST", "/drain"));
        api.node.status = FakeNode.lonely("away");
        document.check("GET /status", ops("GET", "/status"));
        document.check("GET /readyz", ops("GET", "/readyz"));
        api.node.refuseWith(7, new byte[] {2});
        document.check("POST /v1/commands", api.post("/v1/commands", none));
    }

    @Test
    void refusalsAreAsDescribed() throws Exception {
        byte[] none = {};
        document.check("GET /v1/barrier", api.get("/v1/barrier", "Prefer", "wait=soon"));
        document.check("GET /v1/log", api.get("/v1/log?from=0"));
        document.check("GET /v1/log", api.get("/v1/log"));
        document.check("GET /v1/snapshots/latest", api.get("/v1/snapshots/latest"));
        document.check("PUT /v1/snapshots/latest", api.send("PUT", "/v1/snapshots/latest", none));
        document.check("POST /v1/commands", api.post("/v1/commands", new byte[ApiFixture.COMMAND_BYTES_MAX + 1]));
        document.check("POST /v1/commands", api.post("/v1/commands", none, "Origin", "http://elsewhere.example"));
        document.check("POST /v1/commands", api.post("/v1/commands", none, "Content-Encoding", "gzip"));
        document.check("POST /v1/commands/batch", api.post("/v1/commands/batch", none));
        document.check("POST /v1/leader", api.post("/v1/leader", "{\"to\":1}".getBytes(UTF_8)));
        try (ApiFixture guarded = new ApiFixture(options -> options, Optional.of("secret"))) {
            document.check("GET /v1/status", guarded.get("/v1/status"));
            document.check("GET /openapi.yaml", guarded.get("/openapi.yaml"));
        }
    }

    /** A command may meet whatever can go wrong with commands; each is described under its status. */
    @ParameterizedTest
    @EnumSource(
            value = Problem.Code.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NOT_FOUND", "UNKNOWN_MEMBER", "METHOD_NOT_ALLOWED"})
    void everyProblemOfACommandIsAsDescribed(Problem.Code code) throws IOException {
        api.node.failWith(
                new Problem(code, Problem.Outcome.UNKNOWN, "why", Optional.empty(), Optional.of(9L), Optional.empty()));
        document.check("POST /v1/commands", api.post("/v1/commands", new byte[] {1}));
    }

    @Test
    void eventsOfTheLogAreAsDescribed() {
        JsonObject event = new JsonObject()
                .put("index", 7)
                .put("term", 3)
                .put("time", 1_764_000_000_000L)
                .put("data", "Af8=")
                .put("session", "s1")
                .put("sequence", 4);
        document.checkNamed("LoggedCommand", event);
    }

    /** What is held to the document must be able to fail. */
    @Test
    void anAnswerThatIsNotAsDescribedIsFound() {
        api.node.barrier = Future.succeededFuture(new Answer.Ok<>(-1L));
        assertThrows(AssertionError.class, () -> document.check("GET /v1/barrier", api.get("/v1/barrier")));
        assertThrows(AssertionError.class, () -> document.check("GET /v1/status", api.get("/v1/barrier")));
    }
}
