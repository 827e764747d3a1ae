package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static dev.outrigger.agent.app.ScriptedApp.applyThen;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.Push.Form;
import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import dev.outrigger.agent.app.ScriptedApp.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How the agent comes to a stream, does without one, and parts with it. */
class StreamedPushTest extends AgainstAnApp {
    private static final AppLimits OFTEN_CHECKED =
            ChannelFixture.limits(Duration.ofSeconds(10), Duration.ofMillis(10), 1 << 20, 1024);

    @BeforeEach
    void speak() {
        app.speaks(Form.STREAM);
    }

    private void assertNoDoubt() {
        assertEquals(
                1,
                fixture.recorder.states().stream().filter(State.SERVING::equals).count());
        assertFalse(fixture.recorder.reasons().stream().anyMatch(reason -> reason.contains("asked where it stands")));
    }

    private List<Form> forms() {
        return app.calls("apply").stream().map(Call::form).toList();
    }

    @Test
    void sendsEveryBatchByOneStream() {
        start();
        for (int i = 1; i <= 50; i++) {
            fixture.append(log -> log.command(1)).awaitApplied(i);
        }
        assertEquals(range(1, 50), app.journal());
        assertEquals(50, fixture.batches(Form.STREAM));
        assertEquals(1, app.calls("stream").size());
        assertEquals(1, app.calls("info").size());
        Call opening = app.calls("stream").get(0);
        assertEquals("/outrigger/v1/apply/stream", opening.http().path());
        assertEquals("orders", opening.headers().get("Outrigger-Cluster"));
        assertEquals("Bearer sesame", opening.headers().get("Authorization"));
    }

    static Stream<Behaviour> noStream() {
        return Stream.of(
                status(404, ""),
                status(405, ""),
                status(501, ""),
                status(500, "x".repeat(100_000)),
                status(302, ""),
                (app, call) -> call.http().response().end("{}"),
                (app, call) -> call.http()
                        .response()
                        .putHeader("Content-Type", "application/json")
                        .end(),
                BREAK_OFF);
    }

    /** A stream's refusal is written as an answer of its own, as no batch is under way. */
    private static Behaviour plainly(Behaviour behaviour) {
        return (app, call) ->
                behaviour.serve(app, new Call(call.name(), call.headers(), call.body(), call.http(), Form.JSON));
    }

    @ParameterizedTest
    @MethodSource("noStream")
    void sendsFramesToAnApplicationThatHasNoStreamAfterAll(Behaviour noStream) {
        app.always("stream", plainly(noStream));
        log.commands(1, 3).commitAll();
        fixture.start().awaitApplied(3).await("a failure", () -> streamFailures() == 1);
        for (int i = 4; i <= 20; i++) {
            fixture.append(log -> log.command(1)).awaitApplied(i);
        }
        assertEquals(range(1, 20), app.journal());
        assertEquals(0, fixture.batches(Form.STREAM));
        assertEquals(1, app.calls("stream").size(), "not asked again at once");
        assertEquals(1, app.calls("info").size());
        assertNoDoubt();
    }

    private double streamFailures() {
        return Stream.of("status", "malformed", "reset", "timeout")
                .mapToDouble(cause -> fixture.failures("stream", cause))
                .sum();
    }

    @Test
    void isNotDelayedByAStreamThatHangsWhileItOpens() {
        app.always("stream", HANG);
        log.commands(1, 3).commitAll();
        fixture.close();
        fixture = new ChannelFixture(agentSide, app.uri(), log, IMPATIENT);
        fixture.start().awaitApplied(3);
        fixture.await("given up", () -> fixture.failures("stream", "timeout") == 1);
        fixture.await(
                "the end of its connection",
                () -> app.calls("stream").get(0).http().response().closed());
        fixture.append(log -> log.command(1)).awaitApplied(4);
        assertEquals(List.of(Form.FRAMES, Form.FRAMES), forms());
        assertNoDoubt();
    }

    @Test
    void triesAgainLaterAndThenStreams() {
        app.next("stream", plainly(status(501, "")));
        log.command(1).commitAll();
        fixture.start().await("a failure", () -> streamFailures() == 1);
        long[] index = {1};
        fixture.await("a stream", () -> {
            fixture.append(log -> log.command(1)).awaitApplied(++index[0]);
            return fixture.batches(Form.STREAM) > 0;
        });
        assertEquals(2, app.calls("stream").size());
        assertNoDoubt();
    }

    @Test
    void sendsJsonToAnApplicationThatDoesNotTakeTheFramesItLists() {
        app.speaks(Form.FRAMES);
        app.always("apply", (a, call) -> (call.form() == Form.JSON ? NORMAL : status(415, "?")).serve(a, call));
        log.commands(1, 3).commitAll();
        fixture.start().awaitApplied(3);
        for (int i = 4; i <= 20; i++) {
            fixture.append(log -> log.command(1)).awaitApplied(i);
        }
        assertEquals(range(1, 20), app.journal());
        assertEquals(1, fixture.failures("apply", "status"));
        assertEquals(2, app.calls("info").size());
        assertEquals(List.of(), fixture.recorder.lost());
    }

    @Test
    void endsTheStreamWhenTheApplicationNoLongerListsIt() {
        start(OFTEN_CHECKED).append(log -> log.command(1)).awaitApplied(1);
        app.speaks(Form.JSON);
        fixture.await("its end", () -> app.streamEnds().equals(List.of("ended")));
        fixture.append(log -> log.command(1)).awaitApplied(2);
        assertEquals(List.of(Form.STREAM, Form.JSON), forms());
        assertNoDoubt();
    }

    @Test
    void goesOnAfterTheApplicationDiedWithABatchUnderWay() {
        for (boolean applied : new boolean[] {false, true}) {
            List<Call> held = new CopyOnWriteArrayList<>();
            Behaviour hold = (a, call) -> held.add(call);
            app.next("apply", applied ? applyThen(hold) : hold);
            long before = log.lastIndex();
            if (before == 0) {
                start(ChannelFixture.persistent(ChannelFixture.LIMITS));
            }
            fixture.append(log -> log.commands(1, 2)).await("a batch", () -> held.size() == 1);
            app.away();
            fixture.awaitState(State.WAITING);
            app.listen();
            fixture.awaitApplied(before + 2).awaitState(State.SERVING);
            fixture.append(log -> log.command(1)).awaitApplied(before + 3).awaitStream();
            fixture.append(log -> log.command(1)).awaitApplied(before + 4);
            assertEquals(Form.STREAM, lastApply().form());
        }
        assertEquals(range(1, 8), app.journal());
        assertEquals(List.of("5-6"), fixture.recorder.lost());
    }

    @Test
    void noticesAtOnceThatAnIdleApplicationHasDiedAndLostItsState() {
        start().append(log -> log.commands(1, 3)).awaitApplied(3);
        app.restoreFirst(0);
        app.calls("stream").get(0).breakOff();
        fixture.await("all again", () -> app.journal().equals(range(1, 3))).awaitStream();
        assertTrue(fixture.recorder.reasons().stream().anyMatch(reason -> reason.contains("broke off the stream")));
    }

    @Test
    void givesUpTheConnectionOfAnApplicationThatHangs() {
        app.next("apply", HANG);
        log.command(1).commitAll();
        start(IMPATIENT).awaitApplied(1);
        fixture.await("the end of the stream", () -> app.streamEnds().equals(List.of("broken off")));
        assertTrue(fixture.failures("apply", "timeout") >= 1);
        assertTrue(app.calls("info").size() >= 2, "asked before the command is delivered again");
        assertEquals(List.of(1L), app.journal());
    }

    @Test
    void waitsForASlowReader() {
        app.next("stream", (a, call) -> {
            a.acceptStream(call);
            call.http().pause();
            appSide.setTimer(100, timer -> call.http().resume());
        });
        start().append(log -> log.command(1, "x".repeat(1_000_000))).awaitApplied(1);
        assertEquals(List.of(Form.STREAM), forms());
        assertNoDoubt();
    }

    /** What the kernel would not take is forgotten, not kept for an application that may never read it. */
    @Test
    void keepsNothingForAnApplicationThatDoesNotRead() throws Exception {
        int batchBytes = 32 << 20;
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Future<Socket> stream = threads.submit(() -> serveByHand(server, threads));
            fixture.close();
            URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort());
            fixture = new ChannelFixture(agentSide, uri, log, IMPATIENT);
            fixture.start().awaitStream();
            fixture.append(log -> log.command(1, "x".repeat(batchBytes)));
            fixture.await("given up", () -> fixture.failures("apply", "timeout") == 1);
            try (Socket socket = stream.get(10, TimeUnit.SECONDS)) {
                assertTrue(bytesUntilTheEnd(socket) < batchBytes / 2);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Answers info and opens a stream from which it reads nothing; that one's socket. */
    private static Socket serveByHand(ServerSocket server, ExecutorService threads) throws IOException {
        String info = new JsonObject()
                .put("protocol", 1)
                .put("applied", new JsonObject().put("index", 0).put("term", 0))
                .put("encodings", List.of("json", "stream"))
                .encode();
        while (true) {
            Socket socket = server.accept();
            String head = readHead(socket);
            if (head.contains("apply/stream")) {
                write(
                        socket,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.outrigger.frames\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n");
                return socket;
            }
            threads.submit(() -> {
                write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + info.length() + "\r\n\r\n" + info);
                return 0;
            });
        }
    }

    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        return head.toString();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static long bytesUntilTheEnd(Socket socket) {
        long bytes = 0;
        byte[] some = new byte[1 << 16];
        try {
            for (int count = 0; count >= 0; count = socket.getInputStream().read(some)) {
                bytes += count;
            }
        } catch (IOException reset) {
            // As good an end as any.
        }
        return bytes;
    }

    @Test
    void believesNoAnswerThatNobodyAskedFor() {
        start().append(log -> log.command(1)).awaitApplied(1);
        JsonObject answer = new JsonObject().put("applied", 2).put("results", List.of(new JsonObject().put("code", 0)));
        app.calls("stream").get(0).answer(FramesOfApp.results(answer));
        fixture.await("doubt", () -> fixture.failures("stream", "malformed") == 1)
                .awaitState(State.SERVING)
                .append(log -> log.command(1))
                .awaitApplied(2);
        assertEquals(range(1, 2), app.journal());
        assertEquals(range(1, 2), fixture.recorder.results());
    }

    @Test
    void believesNoSecondAnswerToABatch() {
        app.next("apply", (a, call) -> {
            Buffer answer = FramesOfApp.results(a.execute(call));
            call.answer(answer.copy().appendBuffer(answer));
        });
        start().append(log -> log.command(1))
                .await("doubt", () -> fixture.failures("stream", "malformed") == 1)
                .append(log -> log.command(1))
                .awaitApplied(2);
        assertEquals(range(1, 2), app.journal());
    }

    @Test
    void endsAnIdleStreamAsAgreedWhenTheAgentStops() {
        start().append(log -> log.command(1)).awaitApplied(1).close();
        fixture.await("its end", () -> app.streamEnds().equals(List.of("ended")));
    }

    @Test
    void doubtsNothingWhenTheApplicationEndsAnIdleStreamAsAgreed() {
        start();
        long index = 0;
        for (int streams = 1; streams <= 3; streams++) {
            int opened = streams;
            fixture.append(log -> log.command(1)).awaitApplied(++index);
            app.calls("stream").get(streams - 1).http().response().end();
            fixture.await("asked", () -> app.calls("info").size() == opened + 1)
                    .append(log -> log.command(1))
                    .awaitApplied(++index)
                    .await("another", () -> app.calls("stream").size() == opened + 1)
                    .awaitStream();
        }
        assertEquals(List.of(Form.STREAM, Form.FRAMES, Form.STREAM, Form.FRAMES, Form.STREAM, Form.FRAMES), forms());
        assertNoDoubt();
    }

    @Test
    void doesNotOpenStreamsForEverThatEndAtOnce() {
        app.always("stream", (a, call) -> {
            a.acceptStream(call);
            call.http().response().end();
        });
        log.commands(1, 3).commitAll();
        fixture.start().awaitApplied(3);
        fixture.await("its end", () -> fixture.failures("stream", "reset") == 1);
        for (int i = 4; i <= 20; i++) {
            fixture.append(log -> log.command(1)).awaitApplied(i);
        }
        assertEquals(1, app.calls("stream").size());
        assertNoDoubt();
    }

    @Test
    void doesNotCareForTheConnectionOfSingleCallsWhileItStreams() {
        start().append(log -> log.command(1)).awaitApplied(1);
        app.calls("info").get(0).breakOff();
        for (int i = 0; i < 3; i++) {
            // Its answer comes after the end of that connection, and while no batch is under way.
            fixture.query("still there?");
        }
        fixture.append(log -> log.command(1)).awaitApplied(2);
        assertEquals(List.of(Form.STREAM, Form.STREAM), forms());
        assertEquals(1, app.calls("info").size());
        assertNoDoubt();
    }
}
