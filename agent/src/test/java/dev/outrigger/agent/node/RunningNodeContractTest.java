package dev.outrigger.agent.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.http.ApiOptions;
import dev.outrigger.agent.http.ClientApi;
import dev.outrigger.agent.http.ListenAddress;
import dev.outrigger.agent.http.OpenApi;
import dev.outrigger.agent.http.OpsListener;
import dev.outrigger.agent.http.OpsOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a running agent answers is what the contract describes. */
class RunningNodeContractTest {
    private final OpenApi document = OpenApi.agent();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void everythingThatAnAgentAnswersIsAsDescribed() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId follower = cluster.follower();
            AgentNode node = cluster.node(follower);
            PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            ClientApi api = new ClientApi(
                    cluster.vertx,
                    node,
                    ApiOptions.withDefaults(new ListenAddress("OUTRIGGER_API", "127.0.0.1", 0), Optional.empty(), 1024),
                    meters);
            OpsListener ops = new OpsListener(
                    node,
                    OpsOptions.withDefaults(new ListenAddress("OUTRIGGER_OPS", "127.0.0.1", 0), List.of()),
                    node::lastTickNanos,
                    () -> true,
                    meters);
            String clientApi = "http://127.0.0.1:" + NodeFixture.await(api.listen());
            String opsListener = "http://127.0.0.1:" + NodeFixture.await(ops.listen());
            try {
                clientApi(clientApi);
                opsListener(opsListener);
            } finally {
                NodeFixture.await(ops.close());
                NodeFixture.await(api.close(Duration.ZERO));
            }
        }
    }

    private void clientApi(String base) throws Exception {
        HttpResponse<byte[]> applied = send(base, "POST", "/v1/commands", "one");
        document.check("POST /v1/commands", applied);
        String index = applied.headers().firstValue("Outrigger-Index").orElseThrow();
        readsWhatItWrote(base, index);
        check(base, "GET", "/v1/barrier", "", 200);
        check(base, "GET", "/v1/status", "", 200);
        followsTheLog(base, index);
        check(base, "POST", "/v1/members", "{\"name\":\"x\",\"peer\":\"nonsense\"}", 400);
        document.check("DELETE /v1/members/{name}", send(base, "DELETE", "/v1/members/nobody", ""));
        check(base, "POST", "/v1/leader", "{\"to\":\"nobody\"}", 404);
        check(base, "GET", "/v1/snapshots/latest", "", 404);
        check(base, "POST", "/v1/leader", "", 200);
        document.check("POST /v1/commands", send(base, "POST", "/v1/commands", "x".repeat(2000)));
    }

    /** On any agent, one's own write is read with minIndex, without asking the leader. */
    private void readsWhatItWrote(String base, String index) throws Exception {
        for (String query : List.of("consistency=linearizable", "consistency=local&minIndex=" + index)) {
            HttpResponse<byte[]> answer = send(base, "POST", "/v1/queries?" + query, "all");
            document.check("POST /v1/queries", answer);
            assertEquals(200, answer.statusCode(), () -> new String(answer.body(), UTF_8));
        }
        HttpResponse<byte[]> late = client.send(
                HttpRequest.newBuilder(URI.create(base + "/v1/queries?consistency=local&minIndex=1000000"))
                        .header("Prefer", "wait=0.05")
                        .POST(BodyPublishers.ofString("all"))
                        .build(),
                BodyHandlers.ofByteArray());
        document.check("POST /v1/queries", late);
        assertEquals(504, late.statusCode(), "what is not applied here yet is waited for, and no longer than asked");
    }

    private void followsTheLog(String base, String index) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/v1/log?from=" + index))
                .build();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                client.send(request, BodyHandlers.ofInputStream()).body(), UTF_8))) {
            String line = in.readLine();
            while (!line.startsWith("data: ")) {
                line = in.readLine();
            }
            JsonObject event = new JsonObject(line.substring(6));
            document.checkNamed("LoggedCommand", event);
            assertEquals("one", new String(event.getBinary("data"), UTF_8));
            assertEquals(index, event.getLong("index").toString());
        }
    }

    private void opsListener(String base) throws Exception {
        for (String path : List.of("/", "/status", "/livez", "/startupz", "/readyz", "/metrics", "/openapi.yaml")) {
            check(base, "GET", path, "", 200);
        }
        check(base, "POST", "/drain", "", 200);
        check(base, "GET", "/readyz", "", 503);
        check(base, "GET", "/status", "", 200);
    }

    private void check(String base, String method, String path, String body, int status) throws Exception {
        HttpResponse<byte[]> response = send(base, method, path, body);
        assertEquals(status, response.statusCode(), () -> path + ": " + new String(response.body(), UTF_8));
        document.check(method + " " + path, response);
    }

    private HttpResponse<byte[]> send(String base, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }
}
