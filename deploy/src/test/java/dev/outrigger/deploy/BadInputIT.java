package dev.outrigger.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What no well-behaved client sends gets a problem that says so, and harms nobody. */
class BadInputIT {
    private LocalCluster cluster;
    private Instance instance;

    @BeforeEach
    void allIsWell() {
        cluster = SharedCluster.ready();
        instance = cluster.instances().get(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /v1/commands                        |                            | 405 | METHOD_NOT_ALLOWED
            DELETE | /v1/queries                         |                            | 405 | METHOD_NOT_ALLOWED
            POST   | /v1/barrier                         |                            | 405 | METHOD_NOT_ALLOWED
            GET    | /v1/nothing-here                    |                            | 404 | NOT_FOUND
            POST   | /v2/commands                        | x                          | 404 | NOT_FOUND
            POST   | /v1/commands/batch                  | {"commands":[              | 400 | MALFORMED
            POST   | /v1/commands/batch                  | []                         | 400 | MALFORMED
            POST   | /v1/queries?consistency=sometimes   | {"op":"digest"}            | 400 | MALFORMED
            POST   | /v1/queries?minIndex=last           | {"op":"digest"}            | 400 | MALFORMED
            POST   | /v1/queries?minIndex=-1             | {"op":"digest"}            | 400 | MALFORMED
            """)
    void getsAProblem(String method, String path, String body, int status, String code) {
        var request = instance.request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body == null ? "" : body));
        assertProblem(status, code, instance.send(request.build()));
    }

    @Test
    void oneBadCommandDoesNotSpoilItsBatch() {
        String good = Base64.getEncoder().encodeToString(Kv.put("batch", "1").getBytes(StandardCharsets.UTF_8));
        String body = "{\"commands\":[{\"data\":\"%\"},{\"data\":\"" + good + "\"}]}";
        HttpResponse<String> response = instance.send(instance.request("/v1/commands/batch")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
        assertEquals(200, response.statusCode(), response.body());
        JsonNode results = Json.parse(response.body()).get("results");
        assertEquals("MALFORMED", results.at("/0/problem/code").asString());
        assertEquals(0, results.at("/1/code").asInt(-1));
    }

    @Test
    void aCommandOverTheLimitIsRefusedAndOneAtTheLimitIsNot() {
        int limit = 1 << 20;
        String frame = Kv.put("large", "");
        String largest = Kv.put("large", "x".repeat(limit - frame.length()));
        assertEquals(200, instance.submit(largest).statusCode());
        assertProblem(413, "TOO_LARGE", instance.submit(largest + " "));
    }

    @Test
    void anUnreasonableWaitIsRefused() {
        var request = instance.request("/v1/commands")
                .header("Prefer", "wait=soon")
                .POST(BodyPublishers.ofString(Kv.put("k", "v")))
                .build();
        assertProblem(400, "MALFORMED", instance.send(request));
    }

    @Test
    void randomBytesOnAnyPortChangeNothing() throws IOException {
        String before = terms();
        for (String address : new String[] {
            instance.place().api(), instance.place().peer(), instance.place().ops()
        }) {
            for (int seed = 0; seed < 10; seed++) {
                send(address, seed);
            }
        }
        cluster.awaitReady();
        assertEquals(before, terms());
        assertEquals(200, instance.submit(Kv.put("after", "noise")).statusCode());
    }

    private String terms() {
        return cluster.instances().stream()
                .map(each -> Json.parse(each.ops("/status").body()).get("term").asString())
                .toList()
                .toString();
    }

    private static void send(String address, int seed) throws IOException {
        byte[] noise = new byte[4096];
        new Random(seed).nextBytes(noise);
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(noise);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException e) {
            // Reset by the agent, which may well do that.
        }
    }

    private static void assertProblem(int status, String code, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        String type = response.headers().firstValue("Content-Type").orElse("");
        assertTrue(type.startsWith("application/problem+json"), type);
        JsonNode problem = Json.parse(response.body());
        assertEquals(code, problem.path("code").asString());
        assertEquals(status, problem.path("status").asInt());
        assertEquals("none", problem.path("outcome").asString());
        assertFalse(problem.path("title").asString().isEmpty());
        assertFalse(problem.path("detail").asString().isEmpty());
        assertFalse(problem.path("type").asString().isEmpty());
    }
}
