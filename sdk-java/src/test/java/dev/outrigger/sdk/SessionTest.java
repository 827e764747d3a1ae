package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.sdk.FakeAgent.Request;
import dev.outrigger.sdk.FakeAgent.Response;
import dev.outrigger.sdk.FakeAgent.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

/** What {@link Outrigger} does so that a command takes effect once. */
@Timeout(60)
class SessionTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeAgent agent = new FakeAgent();
    private final List<Outrigger> clients = new ArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);

    @AfterEach
    void stop() {
        held.countDown();
        clients.forEach(client -> client.close(Duration.ofSeconds(1)));
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

    private Response hold(Request request) throws InterruptedException {
        assertTrue(held.await(30, TimeUnit.SECONDS));
        return agent.applyAll(request);
    }

    private static Response problem(int status, String code, String outcome, String more) {
        return new Response(status, FakeAgent.problem(status, code, outcome, more));
    }

    /** The problem of a batch's only command. */
    private static Response one(int status, String code, String outcome, String more) {
        return FakeAgent.results("{\"problem\":" + FakeAgent.problem(status, code, outcome, more) + "}");
    }

    /** These answers, one after the other, then results. */
    private void answers(Response... first) {
        AtomicInteger next = new AtomicInteger();
        agent.script(request -> {
            int mine = next.getAndIncrement();
            return mine < first.length ? first[mine] : agent.applyAll(request);
        });
    }

    @Test
    void sendsACommandUnderTheSameNumberUntilItKnows() throws Exception {
        answers(
                FakeAgent.NONE,
                problem(503, "APP_UNAVAILABLE", "unknown", ""),
                one(504, "DEADLINE", "unknown", ",\"index\":7"),
                one(429, "OVERLOADED", "none", ",\"retryAfterMs\":1"),
                new Response(200, "{\"results\":"));
        assertEquals(
                "a", new String(answer(connect(options()).submit(bytes("a"))).data(), UTF_8));
        assertEquals(Collections.nCopies(6, "a s1/1"), agent.sent());
        assertEquals(1, agent.sessionRequests.size());
    }

    @Test
    void givesEachCommandItsOwnNumberInOneSession() throws Exception {
        Outrigger outrigger = connect(options());
        List<CompletableFuture<CommandResult>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            futures.add(outrigger.submit(bytes("c" + i)));
        }
        for (CompletableFuture<CommandResult> future : futures) {
            answer(future);
        }
        List<Long> numbers = agent.requests.stream()
                .flatMap(request -> request.batch().stream())
                .map(FakeAgent.Sent::sequence)
                .sorted()
                .toList();
        assertEquals(1, numbers.get(0));
        assertEquals(500, numbers.get(499));
        assertEquals(500, numbers.stream().distinct().count());
        assertEquals(
                List.of("POST /v1/sessions {}"),
                agent.sessionRequests.stream()
                        .map(request -> request.method() + " " + request.target() + " " + request.text())
                        .toList());
    }

    @Test
    void goesOnInANewSessionWhenTheFirstTryFindsItsSessionExpired() throws Exception {
        answers(
                one(503, "NO_LEADER", "none", ""),
                one(410, "SESSION_EXPIRED", "unknown", ""),
                one(410, "SESSION_EXPIRED", "unknown", ""));
        answer(connect(options()).submit(bytes("a")));
        assertEquals(List.of("a s1/1", "a s1/1", "a s2/1", "a s3/1"), agent.sent());
    }

    @Test
    void saysThatItDoesNotKnowWhenALaterTryFindsTheSessionExpired() throws Exception {
        answers(FakeAgent.NONE, one(410, "SESSION_EXPIRED", "unknown", ""));
        Outrigger outrigger = connect(options());
        OutcomeUnknownException e = failure(OutcomeUnknownException.class, outrigger.submit(bytes("a")));
        assertEquals(Outcome.UNKNOWN, e.outcome());
        assertTrue(
                e.getMessage()
                        .matches(
                                "the answer was lost: .*\\(after 2 attempts; at last: SESSION_EXPIRED: as scripted\\)"),
                e.getMessage());
        answer(outrigger.submit(bytes("b")));
        assertEquals(List.of("a s1/1", "a s1/1", "b s2/2"), agent.sent());
    }

    @Test
    void aCommandInDoubtStaysInItsSessionWhenOthersMoveOn() throws Exception {
        CountDownLatch moved = new CountDownLatch(1);
        AtomicInteger tries = new AtomicInteger();
        agent.script(request -> {
            if (request.commands().contains("doubt")) {
                int mine = tries.incrementAndGet();
                if (mine == 2) {
                    moved.await();
                }
                return mine < 3 ? FakeAgent.NONE : agent.applyAll(request);
            }
            return request.batch().get(0).session().equals("s1")
                    ? one(410, "SESSION_EXPIRED", "unknown", "")
                    : agent.applyAll(request);
        });
        Outrigger outrigger = connect(options());
        CompletableFuture<CommandResult> doubt = outrigger.submit(bytes("doubt"));
        waitUntil(() -> tries.get() >= 2);
        answer(outrigger.submit(bytes("other")));
        moved.countDown();
        answer(doubt);
        assertTrue(
                agent.sent().stream().filter(sent -> sent.startsWith("doubt")).allMatch("doubt s1/1"::equals));
    }

    @Test
    void aNumberTakenByAnotherCommandEndsTheSessionAndIsNotTriedAgain() throws Exception {
        answers(FakeAgent.NONE, one(409, "SEQUENCE_CONFLICT", "none", ""));
        Outrigger outrigger = connect(options());
        UnavailableException e = failure(UnavailableException.class, outrigger.submit(bytes("a")));
        assertEquals(Optional.of("SEQUENCE_CONFLICT"), e.problemCode());
        assertEquals(Outcome.NONE, e.outcome());
        answer(outrigger.submit(bytes("b")));
        assertEquals(List.of("a s1/1", "a s1/1", "b s2/2"), agent.sent());
    }

    @Test
    void tellsAppliedFromUnknownAndSkipped() {
        Outrigger outrigger = connect(options());
        answers(FakeAgent.NONE, one(410, "RESULT_DROPPED", "applied", ",\"index\":41"));
        OutcomeUnknownException dropped = failure(OutcomeUnknownException.class, outrigger.submit(bytes("a")));
        assertEquals(Outcome.APPLIED, dropped.outcome());
        assertEquals(OptionalLong.of(41), dropped.index());

        answers(one(410, "SEQUENCE_FORGOTTEN", "unknown", ""));
        OutcomeUnknownException forgotten = failure(OutcomeUnknownException.class, outrigger.submit(bytes("b")));
        assertEquals(Outcome.UNKNOWN, forgotten.outcome());

        answers(FakeAgent.NONE, one(422, "SKIPPED", "none", ",\"index\":42"));
        assertEquals(
                Outcome.NONE,
                failure(SkippedException.class, outrigger.submit(bytes("c"))).outcome());
        assertEquals(List.of("a s1/1", "a s1/1", "b s1/2", "c s1/3", "c s1/3"), agent.sent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"413 TOO_LARGE", "401 UNAUTHORIZED", "400 MALFORMED"})
    void aRefusalOfALaterTrySaysNothingOfTheFirst(String refusal) {
        answers(FakeAgent.NONE, problem(Integer.parseInt(refusal.substring(0, 3)), refusal.substring(4), "none", ""));
        OutcomeUnknownException e =
                failure(OutcomeUnknownException.class, connect(options()).submit(bytes("a")));
        assertEquals(Outcome.UNKNOWN, e.outcome());
        assertTrue(e.getMessage().contains(refusal.substring(4)), e.getMessage());
        assertEquals(2, agent.requests.size());
    }

    @Test
    void endsInDoubtAtTheDeadlineWhenNoTryIsAnswered() {
        agent.script(request -> FakeAgent.NONE);
        Outrigger outrigger = connect(options());
        long start = System.nanoTime();
        OutcomeUnknownException e =
                failure(OutcomeUnknownException.class, outrigger.submit(bytes("a"), Duration.ofSeconds(1)));
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        assertTrue(e.getMessage().matches("the answer was lost: .*after [2-9] attempts.*"), e.getMessage());
        assertTrue(agent.sent().size() > 1);
        assertTrue(agent.sent().stream().allMatch("a s1/1"::equals));
    }

    @Test
    void tellsTheAgentOfEachTryHowMuchTimeIsLeft() throws Exception {
        answers(FakeAgent.NONE, FakeAgent.NONE, FakeAgent.NONE);
        answer(connect(options()).submit(bytes("a")));
        List<String> waits = agent.requests.stream()
                .map(request -> request.headers().getFirst("Prefer").substring("wait=".length()))
                .toList();
        for (int i = 1; i < waits.size(); i++) {
            assertTrue(Double.parseDouble(waits.get(i)) < Double.parseDouble(waits.get(i - 1)), waits.toString());
        }
    }

    @Test
    void numbersInUseStayWithinTheWindow() throws Exception {
        agent.script(request -> request.commands().contains("first") ? hold(request) : agent.applyAll(request));
        Outrigger outrigger = connect(options().withSenders(2));
        List<CompletableFuture<CommandResult>> futures = new ArrayList<>(List.of(outrigger.submit(bytes("first"))));
        waitUntil(() -> agent.requests.size() == 1);
        for (int i = 0; i < 3_000; i++) {
            futures.add(outrigger.submit(bytes("c" + i)));
        }
        // All that fit beside the first are answered, and no more are sent.
        waitUntil(() -> futures.stream().filter(CompletableFuture::isDone).count() == 1_023);
        assertEquals(1_024, agent.sent().size());
        failure(UnavailableException.class, outrigger.submit(bytes("hasty"), Duration.ofMillis(50)));
        assertEquals(1_024, agent.sent().size());
        held.countDown();
        for (CompletableFuture<CommandResult> future : futures) {
            answer(future);
        }
        assertEquals(3_001, agent.commandsSeen().stream().distinct().count());
    }

    @Test
    void waitsForASessionAndSendsNothingBefore() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        agent.sessionScript(request -> switch (asked.incrementAndGet()) {
            case 1 -> problem(503, "NO_QUORUM", "none", "");
            case 2 -> FakeAgent.NONE;
            case 3 -> new Response(201, "{}");
            default -> agent.openOrEnd(request);
        });
        answer(connect(options()).submit(bytes("a")));
        assertEquals(List.of("a s1/1"), agent.sent());
    }

    @Test
    void saysThatNothingWasExecutedWhenThereIsNoSession() {
        agent.sessionScript(request -> problem(503, "NO_QUORUM", "unknown", ""));
        Outrigger outrigger = connect(options());
        UnavailableException e =
                failure(UnavailableException.class, outrigger.submit(bytes("a"), Duration.ofSeconds(1)));
        assertEquals(Optional.of("NO_QUORUM"), e.problemCode());
        agent.sessionScript(request -> problem(401, "UNAUTHORIZED", "none", ""));
        failure(UnavailableException.class, outrigger.submit(bytes("b")));
        assertEquals(List.of(), agent.sent());
    }

    @Test
    void doesNotSendWhatIsPastItsDeadlineWhenTheSessionComes() throws Exception {
        Script late = request -> {
            assertTrue(held.await(30, TimeUnit.SECONDS));
            return agent.openOrEnd(request);
        };
        agent.sessionScript(late);
        Outrigger outrigger = connect(options().withSenders(1));
        CompletableFuture<CommandResult> hasty = outrigger.submit(bytes("hasty"), Duration.ofMillis(100));
        failure(UnavailableException.class, hasty);
        CompletableFuture<CommandResult> patient = outrigger.submit(bytes("patient"));
        held.countDown();
        answer(patient);
        assertEquals(List.of("patient s1/2"), agent.sent());
    }

    @Test
    void closingEndsTheSession() throws Exception {
        Outrigger outrigger = connect(options());
        answer(outrigger.submit(bytes("a")));
        outrigger.close();
        assertEquals("DELETE", agent.sessionRequests.get(1).method());
        assertEquals("/v1/sessions/s1", agent.sessionRequests.get(1).target());
        connect(options()).close();
        assertEquals(2, agent.sessionRequests.size(), "a session that was never opened needs no end");
    }

    @Test
    void closingGivesUpWhatTakesTooLongAndSaysWhatIsKnown() {
        agent.script(this::hold);
        Outrigger outrigger = connect(options().withSenders(1));
        CompletableFuture<CommandResult> sent = outrigger.submit(bytes("sent"));
        waitUntil(() -> agent.requests.size() == 1);
        CompletableFuture<CommandResult> queued = outrigger.submit(bytes("queued"));
        long start = System.nanoTime();
        outrigger.close(Duration.ofMillis(100));
        failure(OutcomeUnknownException.class, sent);
        failure(UnavailableException.class, queued);
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        assertEquals(List.of("sent s1/1"), agent.sent());
    }

    @Test
    void mayBeClosedFromACallbackWhileOtherSendersWait() throws Exception {
        Outrigger outrigger = connect(options());
        agent.script(request -> request.commands().contains("slow") ? hold(request) : agent.applyAll(request));
        CompletableFuture<CommandResult> slow = outrigger.submit(bytes("slow"));
        waitUntil(() -> agent.requests.size() == 1);
        answer(outrigger.submit(bytes("quick")).thenAccept(result -> outrigger.close()));
        assertFalse(slow.isDone());
        held.countDown();
        answer(slow);
        waitUntil(() -> agent.sessionRequests.size() == 2);
    }
}
