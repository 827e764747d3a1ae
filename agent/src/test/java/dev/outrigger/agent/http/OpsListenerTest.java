package dev.outrigger.agent.http;

import static dev.outrigger.agent.http.ApiFixture.await;
import static dev.outrigger.agent.http.ProblemCheck.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Problem;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsListenerTest {
    private static final Duration STALL_MAX = Duration.ofMillis(300);

    private final Vertx vertx = Vertx.vertx();
    private final FakeNode node = new FakeNode(vertx.getOrCreateContext());
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private volatile long lastTickNanos = System.nanoTime();
    private volatile boolean dataLocked = true;

    private final OpsListener ops = new OpsListener(
            node,
            new OpsOptions(
                    new ListenAddress("OUTRIGGER_OPS", "127.0.0.1", 0),
                    List.of(new OpsOptions.SettingRow("OUTRIGGER_CLUSTER", "orders", "default")),
                    STALL_MAX,
                    Duration.ofMillis(300),
                    16),
            () -> lastTickNanos,
            () -> dataLocked,
            meters);
    private final int port = await(ops.listen());

    @AfterEach
    void close() {
        await(ops.close());
        await(vertx.close());
    }

    @Test
    void theStatusHasTheFieldsOfTheProtocol() throws IOException {
        JsonObject status = new JsonObject(text(get("/status")));

        assertEquals(
                Set.of(
                        "cluster",
                        "node",
                        "role",
                        "term",
                        "leader",
                        "log",
                        "snapshot",
                        "app",
                        "sessions",
                        "members",
                        "diagnosis"),
                status.fieldNames());
        assertEquals(new JsonObject("{\"name\":\"orders\",\"id\":\"5f0c\"}"), status.getJsonObject("cluster"));
        assertEquals(
                new JsonObject("{\"name\":\"a\",\"storageId\":\"disk-1\",\"epoch\":7,\"version\":\"0.1.0\","
                        + "\"zone\":\"east\",\"uptimeMs\":61000,\"draining\":false}"),
                status.getJsonObject("node"));
        assertEquals(
                new JsonObject(
                        "{\"first\":1,\"last\":91,\"commit\":90,\"applied\":90,\"bytes\":4096,\"syncP99Us\":812}"),
                status.getJsonObject("log"));
        assertEquals(
                new JsonObject("{\"state\":\"serving\",\"version\":\"1.4.2\",\"applied\":90,\"reason\":null,"
                        + "\"paused\":null}"),
                status.getJsonObject("app"));
        assertEquals(
                new JsonObject("{\"name\":\"b\",\"peer\":\"host-b:7412\",\"role\":\"voter\",\"match\":80,"
                        + "\"lastContactMs\":12,\"zone\":null,\"version\":null}"),
                status.getJsonArray("members").getJsonObject(1));
        assertEquals(
                new JsonObject("{\"code\":\"PEER_SILENT\",\"severity\":\"warning\",\"since\":\"2026-11-24T10:00:00Z\","
                        + "\"message\":\"b has not been heard.\",\"evidence\":{\"silentMs\":9000},"
                        + "\"next\":\"look at b's log\"}"),
                status.getJsonArray("diagnosis").getJsonObject(0));
        assertEquals("leader", status.getString("role"));
        assertEquals(5, status.getLong("term"));
        assertEquals("a", status.getString("leader"));
    }

    @Test
    void whatIsNotKnownIsNull() throws IOException {
        node.status = FakeNode.lonely("away");

        JsonObject status = new JsonObject(text(get("/status")));

        assertTrue(status.containsKey("snapshot") && status.getValue("snapshot") == null);
        assertTrue(status.containsKey("leader") && status.getValue("leader") == null);
        for (String field : List.of("cluster/id", "node/zone", "log/syncP99Us", "app/version")) {
            String[] path = field.split("/", 2);
            JsonObject object = status.getJsonObject(path[0]);
            assertTrue(object.containsKey(path[1]) && object.getValue(path[1]) == null, field);
        }
    }

    @Test
    void aliveWhileTheLoopTicksWhateverElseIsWrong() throws IOException {
        node.status = FakeNode.lonely("away");
        dataLocked = false;
        lastTickNanos = System.nanoTime() + 60_000_000_000L;
        assertEquals(200, get("/livez").statusCode());

        lastTickNanos = System.nanoTime() - STALL_MAX.toNanos() - 1_000_000;
        HttpResponse<byte[]> response = get("/livez");
        assertEquals(503, response.statusCode());
        assertTrue(text(response).startsWith("the node's event loop has not ticked for"), text(response));
    }

    @Test
    void aBlockedNodeLoopIsNoticedWithinTheThresholdAndHealsByItself() throws Exception {
        long ticker = vertx.setPeriodic(10, tick -> lastTickNanos = System.nanoTime());
        assertEquals(200, get("/livez").statusCode());

        CountDownLatch blocked = new CountDownLatch(1);
        node.context().runOnContext(stuck -> awaitQuietly(blocked));
        vertx.cancelTimer(ticker);
        lastTickNanos = System.nanoTime();
        assertEquals(200, get("/livez").statusCode(), "not before the threshold");
        ApiFixture.eventually(() -> statusOf("/livez") == 503);
        problem(get("/status"), 503, "STALLED");
        problem(get("/readyz"), 503, "STALLED");
        HttpResponse<byte[]> page = get("/");
        problem(page, 503, "STALLED");
        assertEquals("5", page.headers().firstValue("refresh").orElse(""), "the browser tries again by itself");
        assertEquals(200, get("/metrics").statusCode());
        assertEquals(200, get("/startupz").statusCode());

        blocked.countDown();
        lastTickNanos = System.nanoTime() + 60_000_000_000L;
        ApiFixture.eventually(() -> statusOf("/status") == 200);
        assertEquals(200, get("/livez").statusCode());
    }

    @Test
    void aBlockedLoopGathersOneQuestionOnly() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        node.onStatus = asked::incrementAndGet;
        node.context().runOnContext(stuck -> awaitQuietly(blocked));
        for (int i = 0; i < 3; i++) {
            problem(get("/status"), 503, "STALLED");
        }
        blocked.countDown();

        ApiFixture.eventually(() -> asked.get() == 1);
        assertEquals(200, get("/status").statusCode());
        assertEquals(2, asked.get());
    }

    @Test
    void startedOnceTheDataDirectoryIsLocked() throws IOException {
        dataLocked = false;
        assertEquals(503, get("/startupz").statusCode());
        dataLocked = true;
        node.status = FakeNode.lonely("away");
        assertEquals(200, get("/startupz").statusCode());
    }

    @Test
    void readyWhenMemberLeaderAndApplicationAre() throws IOException {
        assertEquals("ready\n", text(get("/readyz")));
        assertEquals(
                "[+]member ok\n[+]leader-known ok\n[+]app-caught-up ok\n[+]not-quarantined ok\n[+]draining ok\nready\n",
                text(get("/readyz?verbose")));

        node.status = FakeNode.lonely("connection refused at 127.0.0.1:7410; trying again");
        HttpResponse<byte[]> response = get("/readyz");
        assertEquals(503, response.statusCode());
        assertEquals(
                "[-]member failed: the cluster is not formed yet\n"
                        + "[-]leader-known failed: no leader is known in term 6\n"
                        + "[-]app-caught-up failed: the application is waiting: connection refused at 127.0.0.1:7410;"
                        + " trying again\n[+]not-quarantined ok\n[+]draining ok\nnot ready\n",
                text(response));
    }

    @Test
    void metricsAreInPrometheusText() throws IOException {
        get("/status");
        HttpResponse<byte[]> response = get("/metrics");

        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                response.headers().firstValue("content-type").orElse(""));
        String text = text(response);
        assertTrue(text.contains("outrigger_http_requests_seconds_count{"), text);
        assertTrue(text.contains("route=\"/status\""), text);
        assertTrue(text.contains("outrigger_http_connections{listener=\"ops\"}"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events", "/v1/commands", "/status/x", "/favicon.ico"})
    void otherPathsAreProblems(String path) throws IOException {
        problem(get(path), 404, "NOT_FOUND");
    }

    @Test
    void nothingCanBeChangedHere() throws IOException {
        for (String path : List.of("/", "/status", "/livez", "/metrics")) {
            HttpResponse<byte[]> response = send("POST", path);
            problem(response, 405, "METHOD_NOT_ALLOWED");
            assertEquals(
                    "GET, HEAD, OPTIONS", response.headers().firstValue("allow").orElse(""));
            assertEquals(200, send("HEAD", path).statusCode());
        }
    }

    @Test
    void drainAnswersWithWhoLeadsNow() throws IOException {
        HttpResponse<byte[]> response = send("POST", "/drain", "Prefer", "wait=2");
        assertEquals(200, response.statusCode());
        assertEquals("{\"draining\":true,\"leader\":\"b\"}", text(response));
        send("POST", "/drain", "Prefer", "wait=300");
        assertEquals(
                List.of(Duration.ofSeconds(2), Duration.ofSeconds(30)), node.waits, "shorter than idle connections");
        problem(get("/drain"), 405, "METHOD_NOT_ALLOWED");
    }

    @Test
    void aDrainThatCannotHandOverSaysSo() throws IOException {
        node.drained = Future.succeededFuture(
                new Answer.Failed<>(Problem.of(Problem.Code.DEADLINE, Problem.Outcome.APPLIED, "nobody takes over")));
        problem(send("POST", "/drain"), 504, "DEADLINE", "applied");
    }

    @Test
    void aDrainOfAStuckAgentIsNotWaitedForWithoutEnd() throws IOException {
        CountDownLatch blocked = new CountDownLatch(1);
        node.context().runOnContext(stuck -> awaitQuietly(blocked));
        problem(send("POST", "/drain", "Prefer", "wait=0.01"), 503, "STALLED");
        blocked.countDown();
    }

    @Test
    void noWebPageDrains() throws IOException {
        problem(send("POST", "/drain", "Origin", "http://elsewhere.example"), 403, "FORBIDDEN");
        assertEquals(List.of(), node.waits);
    }

    @Test
    void thePageIsServedUnderAStrictPolicy() throws IOException {
        HttpResponse<byte[]> response = get("/");

        assertEquals(200, response.statusCode());
        assertEquals(
                "text/html; charset=utf-8",
                response.headers().firstValue("content-type").orElse(""));
        String policy = response.headers().firstValue("content-security-policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none'; style-src 'sha256-"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertTrue(text(response).contains("OUTRIGGER_CLUSTER"));
        assertTrue(response.headers().firstValue("refresh").isEmpty(), "the page has its own");
    }

    @Test
    void aTakenPortIsNamedWithItsSetting() {
        OpsListener second = new OpsListener(
                node,
                OpsOptions.withDefaults(new ListenAddress("OUTRIGGER_OPS", "127.0.0.1", port), List.of()),
                () -> lastTickNanos,
                () -> true,
                meters);
        try {
            ListenException refused = assertThrows(ListenException.class, () -> await(second.listen()));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.startsWith("cannot listen on 127.0.0.1:" + port + " (OUTRIGGER_OPS): "), message);
        } finally {
            await(second.close());
        }
    }

    private int statusOf(String path) {
        try {
            return get(path).statusCode();
        } catch (IOException e) {
            return -1;
        }
    }

    private HttpResponse<byte[]> get(String path) throws IOException {
        return send("GET", path);
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
