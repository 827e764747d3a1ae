package dev.outrigger.deploy.endurance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault in answers, as the agent and the application see it. */
class AnswerProxyTest {
    private static final String ROOT = "/outrigger/v1/";
    private static final String RESULT = "{\"applied\":42,\"results\":[{\"code\":0,\"data\":\"b2s=\"}]}";
    private static final int SNAPSHOT_BYTES = 300_000;

    private final FaultCounts counts = new FaultCounts();
    private final AtomicInteger applied = new AtomicInteger();
    private final AtomicReference<byte[]> restored = new AtomicReference<>(new byte[0]);
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer app;
    private AnswerProxy proxy;

    @BeforeEach
    void start() throws IOException {
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext(ROOT + "info", exchange -> {
            byte[] body = "{\"protocol\":1,\"encodings\":[\"json\",\"frames\",\"stream\"],\"x\":1}"
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        app.createContext(ROOT + "apply", exchange -> {
            assertEquals("orders", exchange.getRequestHeaders().getFirst("Outrigger-Cluster"));
            exchange.getRequestBody().readAllBytes();
            applied.incrementAndGet();
            exchange.sendResponseHeaders(200, RESULT.length());
            exchange.getResponseBody().write(RESULT.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        app.createContext(ROOT + "snapshot", exchange -> {
            if (exchange.getRequestMethod().equals("PUT")) {
                restored.set(exchange.getRequestBody().readAllBytes());
                exchange.sendResponseHeaders(204, -1);
            } else {
                exchange.getResponseHeaders().set("Outrigger-Index", "42");
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(snapshot());
            }
            exchange.close();
        });
        app.start();
        proxy = new AnswerProxy(0, app.getAddress().getPort(), counts);
    }

    @AfterEach
    void stop() {
        proxy.close();
        app.stop(0);
    }

    @Test
    void passesDeliveriesAsTheyAre() throws Exception {
        assertEquals(RESULT, deliver().body());
        assertEquals(1, applied.get());
    }

    @Test
    void leavesJsonAsTheOnlyEncoding() throws Exception {
        assertEquals(
                "{\"protocol\":1,\"encodings\":[\"json\"],\"x\":1}",
                send(request("info").GET().build()).body());
    }

    @Test
    void saysAnotherIndex() throws Exception {
        proxy.arm(Fault.WRONG_INDEX);
        assertEquals(RESULT.replace("42", "43"), deliver().body());
        assertHappenedOnce(Fault.WRONG_INDEX, 1);
    }

    @Test
    void failsWithoutTheApplicationHavingSeenIt() throws Exception {
        proxy.arm(Fault.ERROR_BEFORE);
        assertEquals(500, deliver().statusCode());
        assertHappenedOnce(Fault.ERROR_BEFORE, 0);
    }

    @Test
    void failsAfterTheApplicationHasHandledIt() throws Exception {
        proxy.arm(Fault.ERROR_AFTER);
        assertEquals(500, deliver().statusCode());
        assertHappenedOnce(Fault.ERROR_AFTER, 1);
    }

    @Test
    void deliversTwice() throws Exception {
        proxy.arm(Fault.DELIVERED_TWICE);
        assertEquals(RESULT, deliver().body());
        assertHappenedOnce(Fault.DELIVERED_TWICE, 2);
    }

    @Test
    void cutsTheAnswer() throws Exception {
        proxy.arm(Fault.HALF_AN_ANSWER);
        assertThrows(IOException.class, this::deliver);
        assertHappenedOnce(Fault.HALF_AN_ANSWER, 1);
    }

    @Test
    void passesSnapshotsBothWays() throws Exception {
        HttpResponse<byte[]> given =
                client.send(request("snapshot").GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        assertEquals("42", given.headers().firstValue("Outrigger-Index").orElse(""));
        assertArrayEquals(snapshot(), given.body());
        HttpRequest put = request("snapshot")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(snapshot()))
                .build();
        assertEquals(204, send(put).statusCode());
        assertArrayEquals(snapshot(), restored.get());
    }

    @Test
    void anApplicationThatIsAwayDoesNotAnswer() {
        app.stop(0);
        assertThrows(IOException.class, this::deliver);
    }

    private void assertHappenedOnce(Fault fault, int deliveries) throws Exception {
        assertEquals(deliveries, applied.get());
        assertEquals(1, counts.of(fault));
        assertEquals(0, proxy.waiting());
        assertTrue(deliver().body().equals(RESULT));
    }

    private HttpResponse<String> deliver() throws Exception {
        return send(request("apply")
                .header("Outrigger-Cluster", "orders")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + ROOT + path));
    }

    private static byte[] snapshot() {
        byte[] snapshot = new byte[SNAPSHOT_BYTES];
        Arrays.fill(snapshot, (byte) 'x');
        return snapshot;
    }
}
