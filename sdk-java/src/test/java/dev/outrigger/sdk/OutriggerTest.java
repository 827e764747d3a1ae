package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OutriggerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeAgent agent = new FakeAgent();
    private final List<Outrigger> clients = new ArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);

    @AfterEach
    void stop() {
        held.countDown();
        clients.forEach(Outrigger::close);
        agent.close();
    }

    private Outrigger connect(OutriggerOptions options) {
        Outrigger outrigger = Outrigger.connect(options);
        clients.add(outrigger);
        return outrigger;
    }

    private OutriggerOptions options() {
        return OutriggerOptions.defaults().withAgent(agent.uri()).withDeadline(LONG);
    }

    private Outrigger connect() {
        return connect(options());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static <T> T answer(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static <T extends Throwable> T failure(Class<T> type, CompletableFuture<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        return assertInstanceOf(type, e.getCause());
    }

    private static void waitUntil(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited too long");
            Thread.onSpinWait();
        }
    }

    private FakeAgent.Response hold(FakeAgent.Request request) throws InterruptedException {
        assertTrue(held.await(30, TimeUnit.SECONDS));
        return agent.applyAll(request);
    }

    @Test
    void answersWithIndexTermAndTheApplicationsBytes() throws Exception {
        assertEquals(new CommandResult(1, 5, bytes("hi")), answer(connect().submit(bytes("hi"))));
        FakeAgent.Request request = agent.requests.get(0);
        assertEquals("POST /v1/commands/batch", request.method() + " " + request.target());
        assertEquals("application/json", request.headers().getFirst("Content-Type"));
        assertTrue(request.headers().getFirst("Prefer").matches("wait=(19\\.\\d{3}|20\\.000)"));
        assertEquals("{\"commands\":[{\"data\":\"aGk=\",\"session\":\"s1\",\"sequence\":1}]}", request.text());
    }

    @Test
    void sendsWhatWaitsInOneBatchAndKeepsItsOrder() throws Exception {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        List<CompletableFuture<CommandResult>> futures = new ArrayList<>(List.of(outrigger.submit(bytes("first"))));
        waitUntil(() -> agent.requests.size() == 1);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            expected.add("c" + i);
            futures.add(outrigger.submit(bytes("c" + i)));
        }
        held.countDown();
        for (int i = 0; i < futures.size(); i++) {
            assertEquals(i + 1, answer(futures.get(i)).index());
        }
        assertEquals(2, agent.requests.size());
        assertEquals(expected, agent.requests.get(1).commands());
    }

    @Test
    void batchesAreBoundedInBytes() throws Exception {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        List<CompletableFuture<CommandResult>> futures = new ArrayList<>(List.of(outrigger.submit(bytes("first"))));
        waitUntil(() -> agent.requests.size() == 1);
        for (int i = 0; i < 5; i++) {
            futures.add(outrigger.submit(new byte[400_000]));
        }
        held.countDown();
        for (CompletableFuture<CommandResult> future : futures) {
            answer(future);
        }
        assertEquals(
                List.of(1, 2, 2, 1),
                agent.requests.stream()
                        .map(request -> request.commands().size())
                        .toList());
    }

    @Test
    void oneBatchThatWaitsDoesNotHoldUpTheOthers() throws Exception {
        agent.script(request -> request.commands().contains("slow") ? hold(request) : agent.applyAll(request));
        Outrigger outrigger = connect();
        CompletableFuture<CommandResult> slow = outrigger.submit(bytes("slow"));
        waitUntil(() -> agent.requests.size() == 1);
        answer(outrigger.submit(bytes("quick")));
        assertFalse(slow.isDone());
        held.countDown();
        answer(slow);
    }

    @Test
    void oneBadCommandDoesNotSpoilTheOthers() throws Exception {
        agent.script(request -> FakeAgent.results(request.commands().stream()
                .map(command -> switch (command) {
                    case "no" -> "{\"index\":9,\"term\":5,\"code\":65535,\"data\":\"bm8=\"}";
                    case "big" -> "{\"problem\":" + FakeAgent.problem(413, "TOO_LARGE", "none", "") + "}";
                    case "open" ->
                        "{\"problem\":" + FakeAgent.problem(504, "DEADLINE", "unknown", ",\"index\":77") + "}";
                    case "lost" ->
                        "{\"problem\":" + FakeAgent.problem(502, "APP_FAILED", "applied", ",\"index\":78") + "}";
                    case "bad" -> "{\"problem\":" + FakeAgent.problem(400, "MALFORMED", "none", "") + "}";
                    default -> agent.applied(command);
                })
                .toArray(String[]::new)));
        Outrigger outrigger = connect(options().withSenders(1).withoutSessions());
        var good = outrigger.submit(bytes("good"));
        var refused = outrigger.submit(bytes("no"));
        var tooLarge = outrigger.submit(bytes("big"));
        var unknown = outrigger.submit(bytes("open"));
        var applied = outrigger.submit(bytes("lost"));
        var malformed = outrigger.submit(bytes("bad"));

        assertEquals(1, answer(good).index());
        RefusedException refusal = failure(RefusedException.class, refused);
        assertEquals(65535, refusal.code());
        assertEquals(9, refusal.index());
        assertEquals("no", new String(refusal.data(), UTF_8));
        assertTrue(failure(TooLargeException.class, tooLarge).getMessage().contains("TOO_LARGE: as scripted"));
        assertEquals(
                OptionalLong.of(77),
                failure(OutcomeUnknownException.class, unknown).index());
        OutcomeUnknownException executed = failure(OutcomeUnknownException.class, applied);
        assertTrue(executed.applied());
        failure(UnavailableException.class, malformed);
        assertEquals(6, agent.commandsSeen().size(), "none of these may be tried again");
    }

    @Test
    void triesAgainWhatWasCertainlyNotExecuted() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        agent.script(request -> switch (attempts.incrementAndGet()) {
            case 1 -> new FakeAgent.Response(503, FakeAgent.problem(503, "NO_LEADER", "none", ""));
            case 2 -> new FakeAgent.Response(429, FakeAgent.problem(429, "OVERLOADED", "none", ",\"retryAfterMs\":30"));
            case 3 -> FakeAgent.results("{\"problem\":" + FakeAgent.problem(503, "NO_QUORUM", "none", "") + "}");
            case 4 -> FakeAgent.results("{\"problem\":" + FakeAgent.problem(504, "DEADLINE", "none", "") + "}");
            default -> agent.applyAll(request);
        });
        assertEquals(1, answer(connect().submit(bytes("a"))).index());
        assertEquals(List.of("a", "a", "a", "a", "a"), agent.commandsSeen());
    }

    @Test
    void waitsForAnAgentThatIsNotUpYet() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Outrigger outrigger = connect(options().withAgent(URI.create("http://127.0.0.1:" + port)));
        CompletableFuture<CommandResult> early = outrigger.submit(bytes("early"));
        CompletableFuture<Long> barrier = outrigger.barrier();
        try (FakeAgent late = new FakeAgent(port)) {
            late.script(request -> request.method().equals("GET")
                    ? new FakeAgent.Response(200, "{\"index\":4}")
                    : late.applyAll(request));
            assertEquals(1, answer(early).index());
            assertEquals(4, answer(barrier));
        }
    }

    @Test
    void saysThatNothingWasExecutedWhenThereIsNoAgentUntilTheDeadline() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Outrigger outrigger = connect(options().withAgent(URI.create("http://127.0.0.1:" + port)));
        long start = System.nanoTime();
        UnavailableException e =
                failure(UnavailableException.class, outrigger.submit(bytes("a"), Duration.ofMillis(300)));
        assertTrue(e.getMessage().contains("cannot be reached"), e.getMessage());
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void namesTheLastObstacleAndWhenToRetryAtTheDeadline() {
        agent.script(request ->
                new FakeAgent.Response(503, FakeAgent.problem(503, "NO_QUORUM", "none", ",\"retryAfterMs\":60000")));
        UnavailableException e =
                failure(UnavailableException.class, connect().submit(bytes("a"), Duration.ofMillis(300)));
        assertEquals("NO_QUORUM: as scripted", e.getMessage());
        assertEquals(Optional.of(Duration.ofMinutes(1)), e.retryAfter());
        assertEquals(1, agent.requests.size());
    }

    @Test
    void withoutASessionNeverTriesAgainWhenTheConnectionIsCut() {
        agent.script(request -> FakeAgent.NONE);
        Outrigger outrigger = connect(options().withoutSessions());
        failure(OutcomeUnknownException.class, outrigger.submit(bytes("a")));
        failure(OutcomeUnknownException.class, outrigger.submit(bytes("b")));
        assertEquals(
                List.of("a", "b"),
                agent.sent().stream().map(sent -> sent.replace(" /0", "")).toList());
        assertEquals(List.of(), agent.sessionRequests);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "500 it broke",
                "502 <html>Bad Gateway</html>",
                "503 ",
                "503 {\"code\":\"NO_LEADER\"}",
                "503 {\"code\":\"NO_LEADER\",\"outcome\":\"none\"} and more",
                "200 ",
                "200 {}",
                "200 {\"results\":[]}",
                "200 {\"results\":[{}]}",
                "200 {\"results\":[{\"index\":1,\"term\":1}]}",
                "200 {\"results\":[{\"index\":1,\"term\":1,\"code\":70000,\"data\":\"\"}]}",
                "200 {\"results\":[{\"index\":1,\"term\":1,\"code\":0,\"data\":\"b2s=\"},{\"index\":2,\"term\":1,\"code\":0,\"data\":\"\"}]}",
                "302 elsewhere"
            })
    void takesAnAnswerThatItDoesNotUnderstandForDoubt(String answer) throws Exception {
        FakeAgent.Response strange =
                new FakeAgent.Response(Integer.parseInt(answer.substring(0, 3)), answer.substring(4));
        agent.script(request -> strange);
        failure(
                OutcomeUnknownException.class,
                connect(options().withoutSessions()).submit(bytes("a")));
        assertEquals(1, agent.requests.size());
        agent.requests.clear();
        agent.script(request -> agent.requests.size() == 1 ? strange : agent.applyAll(request));
        answer(connect().submit(bytes("b")));
        assertEquals(List.of("b s1/1", "b s1/1"), agent.sent());
    }

    @Test
    void endsACommandUnderWayAtItsDeadlineAsUnknown() {
        agent.script(this::hold);
        Outrigger outrigger = connect();
        CompletableFuture<CommandResult> patient = outrigger.submit(bytes("patient"), LONG);
        failure(OutcomeUnknownException.class, outrigger.submit(bytes("hasty"), Duration.ofMillis(100)));
        assertFalse(patient.isDone());
    }

    @Test
    void endsACommandThatWasNeverSentAtItsDeadlineAsNotExecuted() {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        outrigger.submit(bytes("first"));
        waitUntil(() -> agent.requests.size() == 1);
        UnavailableException e =
                failure(UnavailableException.class, outrigger.submit(bytes("second"), Duration.ofMillis(100)));
        assertTrue(e.getMessage().contains("not sent in time"), e.getMessage());
        assertEquals(List.of("first"), agent.commandsSeen());
    }

    @Test
    void doesNotSendWhatTheCallerHasGivenUp() throws Exception {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        CompletableFuture<CommandResult> first = outrigger.submit(bytes("first"));
        waitUntil(() -> agent.requests.size() == 1);
        outrigger.submit(bytes("second")).cancel(false);
        CompletableFuture<CommandResult> third = outrigger.submit(bytes("third"));
        held.countDown();
        answer(first);
        answer(third);
        assertEquals(List.of("first", "third"), agent.commandsSeen());
    }

    @Test
    void refusesMoreThanItsBoundsAndTakesMoreOnceTheyAreMet() throws Exception {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1).withCallsMax(3));
        List<CompletableFuture<CommandResult>> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            taken.add(outrigger.submit(bytes("c" + i)));
        }
        failure(OverloadedException.class, outrigger.submit(bytes("one too many")));
        held.countDown();
        for (CompletableFuture<CommandResult> future : taken) {
            answer(future);
        }
        // Room is made just after the answers are given.
        waitUntil(() -> !outrigger.submit(bytes("again")).isCompletedExceptionally());
    }

    @Test
    void refusesMoreBytesThanItsBound() {
        agent.script(this::hold);
        Outrigger outrigger =
                connect(options().withSenders(1).withCommandBytesMax(100).withBytesMax(150));
        outrigger.submit(new byte[100]);
        failure(OverloadedException.class, outrigger.submit(new byte[51]));
        failure(TooLargeException.class, outrigger.submit(new byte[101]));
    }

    @Test
    void sendsCommandsOneByOneWhenTheAgentFindsABatchTooLarge() throws Exception {
        agent.script(request -> {
            List<String> commands = request.commands();
            if (commands.contains("first")) {
                return hold(request);
            }
            return commands.size() > 1 || commands.contains("big")
                    ? new FakeAgent.Response(413, FakeAgent.problem(413, "TOO_LARGE", "none", ""))
                    : agent.applyAll(request);
        });
        Outrigger outrigger = connect(options().withSenders(1));
        outrigger.submit(bytes("first"));
        waitUntil(() -> agent.requests.size() == 1);
        var small = outrigger.submit(bytes("small"));
        var big = outrigger.submit(bytes("big"));
        var other = outrigger.submit(bytes("other"));
        held.countDown();
        answer(small);
        answer(other);
        failure(TooLargeException.class, big);
    }

    @Test
    void closeWaitsForWhatIsInHandAndTakesNoMore() throws Exception {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        CompletableFuture<CommandResult> first = outrigger.submit(bytes("first"));
        waitUntil(() -> agent.requests.size() == 1);
        CompletableFuture<CommandResult> second = outrigger.submit(bytes("second"));
        Thread closing = new Thread(outrigger::close);
        closing.start();
        waitUntil(() -> outrigger.submit(bytes("third")).isCompletedExceptionally());
        failure(UnavailableException.class, outrigger.barrier());
        assertTrue(closing.isAlive());
        held.countDown();
        closing.join(30_000);
        assertFalse(closing.isAlive());
        answer(first);
        answer(second);
        assertFalse(agent.commandsSeen().contains("fourth"));
    }

    @Test
    void anInterruptedCloseSaysOfEachCommandWhatIsKnown() throws Exception {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        CompletableFuture<CommandResult> sent = outrigger.submit(bytes("sent"));
        waitUntil(() -> agent.requests.size() == 1);
        CompletableFuture<CommandResult> queued = outrigger.submit(bytes("queued"));
        Thread closing = new Thread(outrigger::close);
        closing.start();
        closing.interrupt();
        closing.join(30_000);
        assertFalse(closing.isAlive());
        failure(OutcomeUnknownException.class, sent);
        failure(UnavailableException.class, queued);
        assertEquals(List.of("sent"), agent.commandsSeen());
    }

    @Test
    void mayBeClosedFromItsOwnCallback() throws Exception {
        Outrigger outrigger = connect();
        answer(outrigger.submit(bytes("a")).thenAccept(result -> outrigger.close()));
        failure(UnavailableException.class, outrigger.submit(bytes("b")));
    }

    @Test
    void barriersThatWaitTogetherShareOneRequest() throws Exception {
        AtomicInteger index = new AtomicInteger();
        agent.script(request -> {
            int mine = index.incrementAndGet();
            assertTrue(held.await(30, TimeUnit.SECONDS));
            return new FakeAgent.Response(200, "{\"index\":" + mine + "}");
        });
        Outrigger outrigger = connect();
        List<CompletableFuture<Long>> barriers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            barriers.add(outrigger.barrier());
            int sent = Math.min(i + 1, 2);
            waitUntil(() -> agent.requests.size() == sent);
        }
        held.countDown();
        for (int i = 0; i < 100; i++) {
            long seen = answer(barriers.get(i));
            // A barrier never takes an answer whose request was sent before it was asked for.
            assertEquals(i < 2 ? i + 1 : 3, seen);
        }
        assertEquals(
                "GET /v1/barrier",
                agent.requests.get(0).method() + " " + agent.requests.get(0).target());
    }

    @Test
    void readsTheLocalStateOnlyAfterABarrier() throws Exception {
        AtomicInteger state = new AtomicInteger(1);
        agent.script(request -> {
            state.set(0);
            return new FakeAgent.Response(200, "{\"index\":3}");
        });
        Outrigger outrigger = connect();
        assertEquals(0, answer(outrigger.read(state::get)));
        failure(ArithmeticException.class, outrigger.read(() -> 1 / state.get()));
    }

    @Test
    void readsFromAnIndexAskNobodyOnceItIsKnownToBeApplied() throws Exception {
        agent.script(request -> request.method().equals("GET")
                ? new FakeAgent.Response(200, "{\"index\":40}")
                : FakeAgent.results("{\"index\":41,\"term\":5,\"code\":0,\"data\":\"\"}"));
        Outrigger outrigger = connect();
        assertEquals("seen", answer(outrigger.read(40, () -> "seen")));
        assertEquals(1, agent.requests.size());
        UnavailableException e = failure(UnavailableException.class, outrigger.read(41, () -> "not yet"));
        assertEquals("the cluster has come to index 40, not to 41", e.getMessage());

        answer(outrigger.submit(bytes("a")));
        agent.requests.clear();
        assertEquals("own write", answer(outrigger.read(41, () -> "own write")));
        assertEquals(List.of(), agent.requests);
    }

    @Test
    void readsOnItsOwnThreadsAndFailsWithWhatFailed() throws Exception {
        agent.script(request -> new FakeAgent.Response(200, "{\"index\":4}"));
        Outrigger outrigger = connect();
        String thread = answer(outrigger.read(() -> Thread.currentThread().getName()));
        assertTrue(thread.matches("outrigger-callback-\\d"), thread);
        agent.script(request -> new FakeAgent.Response(401, FakeAgent.problem(401, "UNAUTHORIZED", "none", "")));
        // Not wrapped, also for those who handle it without get().
        Throwable failure = answer(outrigger.read(() -> 1).handle((value, why) -> why));
        assertInstanceOf(UnavailableException.class, failure);
        agent.script(this::hold);
        failure(UnavailableException.class, outrigger.read(() -> 1, Duration.ofMillis(50)));
    }

    @Test
    void readsAreTriedAgainEvenWhenTheConnectionIsCut() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        agent.script(request ->
                attempts.incrementAndGet() < 3 ? FakeAgent.NONE : new FakeAgent.Response(200, "{\"index\":3}"));
        assertEquals(3, answer(connect().barrier()));
    }

    @Test
    void readsEndAsUnavailableWhenTheyFail() {
        agent.script(request -> request.target().startsWith("/v1/barrier")
                ? new FakeAgent.Response(200, "{\"index\":-3}")
                : new FakeAgent.Response(502, FakeAgent.problem(502, "APP_FAILED", "unknown", "")));
        Outrigger outrigger = connect();
        failure(UnavailableException.class, outrigger.barrier());
        failure(UnavailableException.class, outrigger.query(bytes("q"), Consistency.LOCAL));
        assertEquals(2, agent.requests.size());
        agent.script(this::hold);
        failure(UnavailableException.class, outrigger.barrier(Duration.ofMillis(100)));
    }

    @Test
    void queriesCarryTheirConsistency() throws Exception {
        agent.script(request ->
                new FakeAgent.Response(200, request.method() + " " + request.target() + " " + request.text()));
        Outrigger outrigger = connect();
        assertEquals(
                "POST /v1/queries?consistency=linearizable q",
                new String(answer(outrigger.query(bytes("q"), Consistency.LINEARIZABLE)), UTF_8));
        assertEquals(
                "POST /v1/queries?consistency=local q",
                new String(answer(outrigger.query(bytes("q"), Consistency.LOCAL)), UTF_8));
        assertEquals(
                "POST /v1/queries?consistency=local&minIndex=7 q",
                new String(answer(outrigger.query(bytes("q"), Consistency.localFrom(7))), UTF_8));
    }

    @Test
    void handsOutTheStatusDocumentAsItIsAndSendsItsToken() throws Exception {
        agent.script(request -> new FakeAgent.Response(200, "{\"role\":\"leader\"}"));
        assertEquals(
                "{\"role\":\"leader\"}",
                answer(connect(options().withToken("s3cret")).status()));
        assertEquals("/v1/status", agent.requests.get(0).target());
        assertEquals("Bearer s3cret", agent.requests.get(0).headers().getFirst("Authorization"));
    }

    @Test
    void runsAsyncCallbacksOnItsOwnThreads() throws Exception {
        String thread = answer(connect()
                .submit(bytes("a"))
                .thenApplyAsync(result -> Thread.currentThread().getName())
                .thenApplyAsync(first -> first + " " + Thread.currentThread().getName()));
        assertTrue(thread.matches("outrigger-callback-\\d outrigger-callback-\\d"), thread);
    }

    @Test
    void manyThreadsGetEachTheirOwnAnswer() throws Exception {
        Outrigger outrigger = connect();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger wrong = new AtomicInteger();
        for (int t = 0; t < 8; t++) {
            String name = "t" + t + "-";
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    if (!new String(outrigger.submit(bytes(name + i)).join().data(), UTF_8).equals(name + i)) {
                        wrong.incrementAndGet();
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
        assertEquals(4_000, agent.commandsSeen().stream().distinct().count());
    }

    @Test
    void tellsTheAgentToTheMillisecondHowLongItWaits() {
        assertEquals("5.000", AgentHttp.seconds(Duration.ofSeconds(5)));
        assertEquals("0.450", AgentHttp.seconds(Duration.ofMillis(450)));
        assertEquals("0.001", AgentHttp.seconds(Duration.ofNanos(1)));
        assertEquals("3600.000", AgentHttp.seconds(Duration.ofHours(1)));
    }
}
