package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AppServerTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Ledger ledger = new Ledger();
    private AppServer server;

    @BeforeEach
    void start() throws IOException {
        server = AppServer.start(ledger, AppOptions.defaults().withPort(0).withBodyBytesMax(100_000));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String call, String json) throws Exception {
        return send(to("/outrigger/v1/" + call)
                .header("Content-Type", "application/json")
                .header("Outrigger-Cluster", "orders")
                .POST(BodyPublishers.ofString(json)));
    }

    private String info() throws Exception {
        return send(to("/outrigger/v1/info")).body();
    }

    private static String delivery(long epoch, long prevIndex, String... commands) {
        StringBuilder json = new StringBuilder(
                "{\"epoch\":" + epoch + ",\"prevIndex\":" + prevIndex + ",\"replay\":false,\"commands\":[");
        long index = prevIndex;
        for (String command : commands) {
            json.append(index > prevIndex ? "," : "").append("{\"index\":").append(++index);
            json.append(",\"term\":3,\"time\":1764000000000,\"data\":\"")
                    .append(base64(command))
                    .append("\"}");
        }
        return json + "]}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static void assertProblem(int status, String code, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(Optional.of("application/problem+json"), response.headers().firstValue("Content-Type"));
        assertTrue(response.body().contains("\"code\":\"" + code + "\""), response.body());
        assertTrue(response.body().contains("\"status\":" + status), response.body());
    }

    @Test
    void tellsAboutAnApplicationThatHasSeenNothing() throws Exception {
        post("role", "{\"epoch\":1,\"role\":\"follower\",\"term\":1,\"leader\":null}");
        assertEquals(
                "{\"protocol\":1,\"app\":\"ledger\",\"version\":\"1.4.2\",\"cluster\":null,"
                        + "\"applied\":{\"index\":0,\"term\":0},\"encodings\":[\"json\",\"frames\",\"stream\"]}",
                info());
    }

    @Test
    void appliesABatchAndThenTellsItsPositionAndCluster() throws Exception {
        HttpResponse<String> response = post("apply", delivery(7, 41, "a"));
        assertProblem(409, "CONFLICT", response);
        assertTrue(response.body().contains("\"applied\":{\"index\":0,\"term\":0}"), response.body());

        response = post("apply", delivery(7, 0, "a", "no", "b"));
        assertEquals(200, response.statusCode(), response.body());
        assertEquals(
                "{\"applied\":3,\"results\":[{\"code\":0,\"data\":\"" + base64("ok 1") + "\"},{\"code\":7,\"data\":\""
                        + base64("not no") + "\"},{\"code\":0,\"data\":\"" + base64("ok 3") + "\"}]}",
                response.body());
        assertTrue(info().contains("\"cluster\":\"orders\",\"applied\":{\"index\":3,\"term\":3}"), info());
    }

    @Test
    void answers409ToADeliveryOfAnOlderEpoch() throws Exception {
        assertEquals(200, post("apply", delivery(7, 0, "a")).statusCode());
        assertProblem(409, "CONFLICT", post("apply", delivery(6, 1, "b")));
        assertProblem(409, "CONFLICT", post("role", "{\"epoch\":6,\"role\":\"leader\",\"term\":5,\"leader\":\"b\"}"));
        assertEquals(List.of("a"), ledger.entries);
    }

    @Test
    void namesTheIndexAndTheReasonWhenTheStateMachineFails() throws Exception {
        HttpResponse<String> response = post("apply", delivery(7, 0, "a", "fail now", "b"));
        assertProblem(500, "APPLY_FAILED", response);
        assertTrue(response.body().contains("cannot do fail now"), response.body());
        assertTrue(response.body().contains("\"index\":2,\"applied\":{\"index\":1,\"term\":3}"), response.body());
        assertTrue(info().contains("\"applied\":{\"index\":1,\"term\":3}"), info());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "[]",
                "{}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false}",
                "{\"epoch\":7,\"replay\":false,\"commands\":[]}",
                "{\"prevIndex\":0,\"replay\":false,\"commands\":[]}",
                "{\"epoch\":\"7\",\"prevIndex\":0,\"replay\":false,\"commands\":[]}",
                "{\"epoch\":-7,\"prevIndex\":0,\"replay\":false,\"commands\":[]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":0,\"commands\":[]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[{}]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[{\"index\":1,\"term\":1,\"time\":1,\"data\":\"?\"}]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[{\"index\":1,\"term\":1,\"time\":1}]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[{\"index\":1,\"term\":1,\"data\":\"\"}]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[{\"index\":0,\"term\":1,\"time\":1,\"data\":\"\"}]}",
                "{\"epoch\":7,\"prevIndex\":3,\"replay\":false,\"commands\":[{\"index\":3,\"term\":1,\"time\":1,\"data\":\"\"}]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[{\"index\":2,\"term\":1,\"time\":1,\"data\":\"\"},{\"index\":2,\"term\":1,\"time\":1,\"data\":\"\"}]}",
                "{\"epoch\":7,\"prevIndex\":0,\"replay\":false,\"commands\":[]} trailing"
            })
    void refusesMalformedDeliveriesAndAppliesNothingOfThem(String body) throws Exception {
        assertProblem(400, "MALFORMED", post("apply", body));
        assertEquals(List.of(), ledger.entries);
    }

    @Test
    void takesAndAnswersFramesInACallOfTheirOwn() throws Exception {
        FrameWriter batch =
                new FrameWriter(Frames.BATCH, 64).number(7).number(0).u8(0).u32(1);
        byte[] frame =
                batch.number(5).number(3).number(1).bytes("a".getBytes(UTF_8)).toBytes();
        HttpResponse<byte[]> response = HTTP.send(frames(frame).build(), BodyHandlers.ofByteArray());
        assertEquals(200, response.statusCode());
        assertEquals(
                Optional.of("application/vnd.outrigger.frames"),
                response.headers().firstValue("Content-Type"));
        FrameReader results = FrameReader.of(response.body(), Frames.RESULTS);
        assertEquals(5, results.number(0));
        assertEquals(List.of("a"), ledger.entries);

        assertProblem(
                409,
                "CONFLICT",
                send(frames(new FrameWriter(Frames.BATCH, 64)
                        .number(6)
                        .number(5)
                        .u8(0)
                        .u32(0)
                        .toBytes())));
        for (int cut = 0; cut < frame.length; cut++) {
            assertProblem(400, "MALFORMED", send(frames(Arrays.copyOf(frame, cut))));
        }
        assertProblem(400, "MALFORMED", send(frames(Arrays.copyOf(frame, frame.length + 1))));
        assertProblem(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                send(to("/outrigger/v1/role")
                        .header("Content-Type", "application/vnd.outrigger.frames")
                        .POST(BodyPublishers.ofByteArray(frame))));
        assertEquals(List.of("a"), ledger.entries);
    }

    private HttpRequest.Builder frames(byte[] body) {
        return to("/outrigger/v1/apply")
                .header("Content-Type", "application/vnd.outrigger.frames")
                .header("Outrigger-Cluster", "orders")
                .POST(BodyPublishers.ofByteArray(body));
    }

    @Test
    void passesOverFieldsThatALaterProtocolMayAdd() throws Exception {
        String more = delivery(7, 0, "a").replace("\"replay\":false", "\"replay\":false,\"target\":{\"x\":[1,null]}");
        assertEquals(200, post("apply", more).statusCode());
    }

    @Test
    void refusesOtherContentTypes() throws Exception {
        assertProblem(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                send(to("/outrigger/v1/apply").POST(BodyPublishers.ofString(delivery(7, 0, "a")))));
        assertEquals(
                200,
                send(to("/outrigger/v1/apply")
                                .header("Content-Type", "Application/JSON; charset=utf-8")
                                .POST(BodyPublishers.ofString(delivery(7, 0, "a"))))
                        .statusCode());
    }

    @Test
    void answersQueriesRaw() throws Exception {
        post("apply", delivery(7, 0, "a"));
        HttpResponse<String> response = send(to("/outrigger/v1/query").POST(BodyPublishers.ofString("all")));
        assertEquals(200, response.statusCode());
        assertEquals("all=[a]", response.body());
        assertProblem(500, "QUERY_FAILED", send(to("/outrigger/v1/query").POST(BodyPublishers.noBody())));
    }

    @Test
    void refusesOversizedBodiesAndGoesOn() throws Exception {
        assertProblem(
                413, "TOO_LARGE", send(to("/outrigger/v1/query").POST(BodyPublishers.ofByteArray(new byte[100_001]))));
        assertEquals(
                200,
                send(to("/outrigger/v1/query").POST(BodyPublishers.ofByteArray(new byte[100_000])))
                        .statusCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/outrigger/v1",
                "/outrigger/v1/",
                "/outrigger/v1/snapshots",
                "/outrigger/v1/info/",
                "/outrigger/v2/info"
            })
    void knowsNoOtherPaths(String path) throws Exception {
        assertProblem(404, "NOT_FOUND", send(to(path)));
    }

    @Test
    void refusesWrongMethodsAndNamesTheRightOne() throws Exception {
        for (String call : List.of("apply", "query", "role")) {
            HttpResponse<String> response = send(to("/outrigger/v1/" + call).GET());
            assertProblem(405, "METHOD_NOT_ALLOWED", response);
            assertEquals(Optional.of("POST"), response.headers().firstValue("Allow"));
        }
        HttpResponse<String> response = send(to("/outrigger/v1/info").DELETE());
        assertProblem(405, "METHOD_NOT_ALLOWED", response);
        assertEquals(Optional.of("GET"), response.headers().firstValue("Allow"));
    }

    @Test
    void asksForTheTokenWhenItHasOne() throws Exception {
        try (AppServer guarded =
                AppServer.start(ledger, AppOptions.defaults().withPort(0).withToken("s3cret"))) {
            URI info = URI.create("http://127.0.0.1:" + guarded.port() + "/outrigger/v1/info");
            assertProblem(401, "UNAUTHORIZED", send(HttpRequest.newBuilder(info)));
            assertProblem(
                    401, "UNAUTHORIZED", send(HttpRequest.newBuilder(info).header("Authorization", "Bearer s3cre")));
            assertEquals(
                    200,
                    send(HttpRequest.newBuilder(info).header("Authorization", "Bearer s3cret"))
                            .statusCode());
        }
    }

    @Test
    void refusesCallsFromWebPages() throws Exception {
        assertProblem(
                403,
                "FORBIDDEN",
                send(to("/outrigger/v1/apply")
                        .header("Content-Type", "application/json")
                        .header("Origin", "http://127.0.0.1:" + server.port())
                        .POST(BodyPublishers.ofString(delivery(7, 0, "a")))));
        assertEquals(List.of(), ledger.entries);
    }

    @Test
    void tellsListenersAboutLeadershipInOrderAndTheLatestAtOnce() throws Exception {
        List<Leadership> early = new ArrayList<>();
        server.leadership(early::add);
        server.leadership(leadership -> {
            throw new IllegalStateException("a listener that fails harms nobody");
        });
        assertEquals(
                204,
                post("role", "{\"epoch\":7,\"role\":\"follower\",\"term\":5,\"leader\":null}")
                        .statusCode());
        assertEquals(
                204,
                post("role", "{\"epoch\":7,\"role\":\"leader\",\"term\":6,\"leader\":\"b\"}")
                        .statusCode());
        assertEquals(
                204,
                post("role", "{\"epoch\":7,\"role\":\"follower\",\"term\":5,\"leader\":\"late\"}")
                        .statusCode());
        Leadership leads = new Leadership("leader", 6, Optional.of("b"));
        assertEquals(List.of(new Leadership("follower", 5, Optional.empty()), leads), early);
        assertTrue(leads.leads());

        List<Leadership> late = new ArrayList<>();
        server.leadership(late::add);
        assertEquals(List.of(leads), late);
        assertProblem(400, "MALFORMED", post("role", "{\"epoch\":7,\"role\":\"leader\"}"));
    }

    @Test
    void readsNeverSeeACommandHalfDone() throws Exception {
        CountDownLatch applying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        int[] balances = {1, 1};
        StateMachine pair = new StateMachine() {
            @Override
            public Result apply(Context context, byte[] command) {
                balances[0]++;
                applying.countDown();
                await(goOn);
                balances[1]++;
                return Result.ok();
            }

            @Override
            public byte[] query(byte[] query) {
                return query;
            }
        };
        try (AppServer pairs = AppServer.start(pair, AppOptions.defaults().withPort(0))) {
            URI root = URI.create("http://127.0.0.1:" + pairs.port() + "/outrigger/v1/");
            var applied = HTTP.sendAsync(
                    HttpRequest.newBuilder(root.resolve("apply"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(delivery(1, 0, "x")))
                            .build(),
                    BodyHandlers.ofString());
            await(applying);
            // The agent may ask where the application stands while a command is being applied.
            assertEquals(200, send(HttpRequest.newBuilder(root.resolve("info"))).statusCode());
            Thread reader = new Thread(() -> assertEquals(2, pairs.read(() -> balances[0] * balances[1] / 2)));
            Throwable[] failure = {null};
            reader.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
            reader.start();
            while (reader.getState() != Thread.State.WAITING && reader.isAlive()) {
                Thread.onSpinWait();
            }
            goOn.countDown();
            reader.join();
            assertEquals(null, failure[0]);
            assertEquals(200, applied.get(10, TimeUnit.SECONDS).statusCode());
        }
    }

    @Test
    void survivesGarbageOnTheSocket() throws Exception {
        for (String garbage :
                List.of("\0\0\0", "GET\r\n\r\n", "POST /outrigger/v1/apply HTTP/1.1\r\nContent-Length: x\r\n\r\n")) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.getOutputStream().write(garbage.getBytes(UTF_8));
                socket.shutdownOutput();
                socket.setSoTimeout(10_000);
                socket.getInputStream().readAllBytes();
            }
        }
        assertEquals(200, send(to("/outrigger/v1/info")).statusCode());
    }

    @Test
    void servesOnAfterMoreCallsAtOnceThanItTakes() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        StateMachine slow = new StateMachine() {
            @Override
            public Result apply(Context context, byte[] command) {
                return Result.ok();
            }

            @Override
            public byte[] query(byte[] query) {
                await(goOn);
                return query;
            }
        };
        try (AppServer busy =
                AppServer.start(slow, AppOptions.defaults().withPort(0).withThreads(2))) {
            URI root = URI.create("http://127.0.0.1:" + busy.port() + "/outrigger/v1/");
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Socket socket = new Socket("127.0.0.1", busy.port());
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write("POST /outrigger/v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nq"
                                .getBytes(UTF_8));
                sockets.add(socket);
            }
            for (Socket socket : sockets.subList(260, 300)) {
                assertTrue(turnedAway(socket), "a call too many must not be left hanging");
            }
            goOn.countDown();
            for (Socket socket : sockets) {
                socket.close();
            }
            assertEquals(200, send(HttpRequest.newBuilder(root.resolve("info"))).statusCode());
        }
    }

    private static boolean turnedAway(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void runsLeaderWorkWithTheTermUntilItIsClosed() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        server.whileLeading(term -> {
            events.add("leads in term " + term);
            try {
                new CountDownLatch(1).await();
            } finally {
                events.add("is interrupted");
            }
        });
        post("role", "{\"epoch\":7,\"role\":\"leader\",\"term\":6,\"leader\":\"b\"}");
        assertEquals("leads in term 6", events.poll(30, TimeUnit.SECONDS));
        server.close();
        assertEquals("is interrupted", events.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void finishesTheCommandUnderWayAndAnswersItBeforeItStops() throws Exception {
        CountDownLatch applying = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (AppServer slow = AppServer.start(
                new Slow(applying, mayGoOn), AppOptions.defaults().withPort(0))) {
            URI apply = URI.create("http://127.0.0.1:" + slow.port() + "/outrigger/v1/apply");
            HttpRequest.Builder request = HttpRequest.newBuilder(apply)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(delivery(7, 0, "a")));
            var answer = HTTP.sendAsync(request.build(), BodyHandlers.ofString());
            await(applying);
            Thread closing = new Thread(() -> slow.close(Duration.ofSeconds(30)));
            closing.start();
            HttpRequest.Builder info = HttpRequest.newBuilder(apply.resolve("info"));
            HttpResponse<String> refused = send(info);
            while (refused.statusCode() == 200) {
                refused = send(info);
            }
            mayGoOn.countDown();
            assertProblem(503, "SHUTTING_DOWN", refused);
            assertEquals(200, answer.get(30, TimeUnit.SECONDS).statusCode());
            closing.join(30_000);
            assertFalse(closing.isAlive());
            assertThrows(IOException.class, () -> send(info));
        }
    }

    @Test
    void stopsWithoutACommandThatTakesTooLong() throws Exception {
        CountDownLatch applying = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        AppServer stuck = AppServer.start(
                new Slow(applying, mayGoOn), AppOptions.defaults().withPort(0));
        URI apply = URI.create("http://127.0.0.1:" + stuck.port() + "/outrigger/v1/apply");
        var answer = HTTP.sendAsync(
                HttpRequest.newBuilder(apply)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(delivery(7, 0, "a")))
                        .build(),
                BodyHandlers.ofString());
        await(applying);
        stuck.close(Duration.ofMillis(50));
        assertThrows(ExecutionException.class, () -> answer.get(30, TimeUnit.SECONDS));
        mayGoOn.countDown();
    }

    /** Takes as long as it is told to. */
    private record Slow(CountDownLatch applying, CountDownLatch mayGoOn) implements StateMachine {
        @Override
        public Result apply(Context context, byte[] command) {
            applying.countDown();
            await(mayGoOn);
            return Result.ok();
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
