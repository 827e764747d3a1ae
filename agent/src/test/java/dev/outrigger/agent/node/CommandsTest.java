package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.Ruling;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.session.SessionResult;
import dev.outrigger.agent.session.SessionResults;
import dev.outrigger.agent.session.SessionTable;
import dev.outrigger.agent.session.Verdict;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandsTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final FakeGroup group = new FakeGroup();
    private final Commands commands = new Commands(NodeOptions.Limits.DEFAULT, group, 100);

    @Test
    void answersWithTheLocalResultOnceItsEntryIsApplied() {
        Future<List<Answer<Applied>>> answers = submit("a", "b");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 7, 3));
        assertFalse(answers.isComplete());
        commands.applied(List.of(entry(7, 3, "a"), entry(8, 3, "b")), List.of(result(0, "x"), result(9, "no")));
        assertEquals(
                new Answer.Ok<>(new Applied(7, 3, 0, payload("x"))),
                answers.result().get(0));
        assertEquals(
                new Answer.Ok<>(new Applied(8, 3, 9, payload("no"))),
                answers.result().get(1));
        assertEquals(0, commands.pending());
        assertEquals(0, commands.pendingBytes());
    }

    @Test
    void waitsWhileNobodyCanTakeCommandsAndSaysWhyAtTheDeadline() {
        group.closed = Optional.of(Problem.of(Code.NO_LEADER, Outcome.NONE, "no leader"));
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        assertTrue(group.proposed.isEmpty());
        expireAll();
        assertProblem(Code.NO_LEADER, Outcome.NONE, answers);
    }

    @Test
    void refusesAtOnceWhileTheDiskIsShort() {
        group.full = Optional.of(Problem.of(Code.DISK_FULL, Outcome.NONE, "full"));
        assertProblem(Code.DISK_FULL, Outcome.NONE, submit("a"));
        commands.pump();
        assertTrue(group.proposed.isEmpty());
        assertEquals(0, commands.pending());
    }

    @Test
    void proposesAgainWhatWasCertainlyRefused() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NOT_LEADER, 0, 0));
        commands.pump();
        assertEquals(1, group.proposed.size(), "held back until the next tick");
        commands.tick(System.nanoTime());
        commands.pump();
        commands.receipt(new ProposeReceipt(101, Refusal.NONE, 4, 2));
        commands.applied(List.of(entry(4, 2, "a")), List.of(result(0, "done")));
        assertEquals(
                new Answer.Ok<>(new Applied(4, 2, 0, payload("done"))),
                answers.result().get(0));
    }

    @Test
    void proposesAgainWhenAnotherLeadersEntryIsAppliedInItsPlace() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        commands.applied(List.of(entry(4, 3, "other")), List.of(result(0, "other")));
        assertFalse(answers.isComplete());
        commands.pump();
        assertEquals(List.of(payload("a")), group.proposed.get(101L));
    }

    @Test
    void proposesAgainWhenANoOpTookItsPlace() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        group.terms.put(4L, 3L);
        commands.appliedIndex(4);
        commands.pump();
        assertFalse(answers.isComplete());
        assertEquals(List.of(payload("a")), group.proposed.get(101L));
    }

    /** The snapshot that has taken its place may hold it. */
    @Test
    void neverProposesAgainWhoseTermIsNotKnownAnyMore() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        group.compactedIndex = 9;
        commands.appliedIndex(9);
        assertProblem(Code.DEADLINE, Outcome.UNKNOWN, answers);
        commands.pump();
        assertEquals(1, group.proposed.size());
    }

    @Test
    void saysOfARetryThatItsCommandWasPassedOver() {
        long session = group.table.open(60_000, 1, 1_000);
        Order order = inSession(1, "a");
        group.table.check(session, 1, order.bodyHash(), 2, 1_000);
        group.skippedIndex = 2;
        Future<List<Answer<Applied>>> answers = commands.submit(List.of(order), WAIT);
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        group.terms.put(4L, 2L);
        commands.appliedIndex(4);
        assertProblem(Code.SKIPPED, Outcome.NONE, answers);
    }

    @Test
    void neverProposesAgainWhatMayStillBeExecuted() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.tick(System.nanoTime());
        commands.pump();
        assertEquals(1, group.proposed.size());
        expireAll();
        assertProblem(Code.DEADLINE, Outcome.UNKNOWN, answers);
        commands.pump();
        assertEquals(1, group.proposed.size());
    }

    /** Two leaders gave the same index to two of our commands; which one stands there only the applied entry tells. */
    @Test
    void keepsBothCommandsOfOneIndexUntilItIsApplied() {
        Future<List<Answer<Applied>>> first = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        Future<List<Answer<Applied>>> second = submit("b");
        commands.pump();
        commands.receipt(new ProposeReceipt(101, Refusal.NONE, 4, 3));
        commands.applied(List.of(entry(4, 2, "a")), List.of(result(0, "A")));
        assertEquals(
                new Answer.Ok<>(new Applied(4, 2, 0, payload("A"))),
                first.result().get(0));
        assertFalse(second.isComplete());
        commands.pump();
        assertEquals(List.of(payload("b")), group.proposed.get(102L));
    }

    @Test
    void tellsThatACommandIsAppliedWhenOnlyItsResultWasLost() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        group.terms.put(4L, 2L);
        commands.resultsLost(1, 9);
        assertProblem(Code.APP_UNAVAILABLE, Outcome.APPLIED, answers);
    }

    @Test
    void settlesAReceiptThatComesAfterItsEntryWasApplied() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        group.applied = 9;
        group.terms.put(4L, 2L);
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        assertProblem(Code.APP_UNAVAILABLE, Outcome.APPLIED, answers);
    }

    @Test
    void refusesBeyondItsLimitAndChangesNothing() {
        NodeOptions.Limits tight = new NodeOptions.Limits(2, 10, 100, 100, 10, WAIT);
        Commands bounded = new Commands(tight, group, 0);
        bounded.submit(List.of(order("123456")), WAIT);
        Future<List<Answer<Applied>>> tooManyBytes = bounded.submit(List.of(order("12345")), WAIT);
        assertProblem(Code.OVERLOADED, Outcome.NONE, tooManyBytes);
        Future<List<Answer<Applied>>> tooMany = bounded.submit(List.of(order("1"), order("2")), WAIT);
        assertProblem(Code.OVERLOADED, Outcome.NONE, tooMany);
        assertEquals(1, bounded.pending());
    }

    @Test
    void passesTheLeadersOverloadOn() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.OVERLOADED, 0, 0));
        assertProblem(Code.OVERLOADED, Outcome.NONE, answers);
    }

    @Test
    void atTheEndTellsWhatIsKnownOfEachCommand() {
        Future<List<Answer<Applied>>> proposed = submit("a");
        commands.pump();
        group.closed = Optional.of(Problem.of(Code.NO_LEADER, Outcome.NONE, "no leader"));
        Future<List<Answer<Applied>>> waiting = submit("b");
        commands.close();
        assertProblem(Code.SHUTTING_DOWN, Outcome.UNKNOWN, proposed);
        assertProblem(Code.SHUTTING_DOWN, Outcome.NONE, waiting);
        assertEquals(0, commands.pending());
    }

    @Test
    void tellsACommittedCommandFromAnUncommittedOneAtTheDeadline() {
        Future<List<Answer<Applied>>> answers = submit("a");
        commands.pump();
        commands.receipt(new ProposeReceipt(100, Refusal.NONE, 4, 2));
        group.terms.put(4L, 2L);
        group.commit = 4;
        group.attached = false;
        expireAll();
        assertProblem(Code.APP_UNAVAILABLE, Outcome.UNKNOWN, answers);
    }

    @Test
    void keepsTheOrderOfARequestThatMixesKinds() {
        commands.submit(List.of(order("a"), inSession(1, "b"), inSession(2, "c"), order("d")), WAIT);
        commands.pump();
        assertEquals(
                List.of(Entry.Kind.COMMAND, Entry.Kind.SESSION_COMMAND, Entry.Kind.COMMAND),
                List.of(group.kinds.get(100L), group.kinds.get(101L), group.kinds.get(102L)));
        assertEquals(List.of(inSession(1, "b").data(), inSession(2, "c").data()), group.proposed.get(101L));
    }

    @Test
    void repeatsOnlyCommandsOfSessionsWhenTheLeaderChanges() {
        Future<List<Answer<Applied>>> plain = submit("a");
        commands.pump();
        Future<List<Answer<Applied>>> lost = commands.submit(List.of(inSession(1, "b")), WAIT);
        commands.pump();
        Future<List<Answer<Applied>>> appended = commands.submit(List.of(inSession(2, "c")), WAIT);
        commands.pump();
        commands.receipt(new ProposeReceipt(102, Refusal.NONE, 7, 3));
        commands.leaderChanged();
        commands.pump();
        assertEquals(List.of(inSession(1, "b").data(), inSession(2, "c").data()), group.proposed.get(103L));
        assertEquals(4, group.proposed.size());
        commands.receipt(new ProposeReceipt(101, Refusal.NONE, 6, 3)); // of no interest any more
        commands.receipt(new ProposeReceipt(103, Refusal.NONE, 9, 4));
        commands.applied(List.of(entry(9, 4, "b")), List.of(result(0, "x")));
        assertEquals(
                new Answer.Ok<>(new Applied(9, 4, 0, payload("x"))),
                lost.result().get(0));
        group.results.keep(1, 2, new SessionResult(7, 3, 5, payload("y")));
        commands.passed(List.of(passed(10, 4, Ruling.Kind.DUPLICATE, 2, 7)));
        assertEquals(
                new Answer.Ok<>(new Applied(7, 3, 5, payload("y"))),
                appended.result().get(0));
        assertFalse(plain.isComplete());
    }

    @Test
    void whatWasRepeatedIsNeverSaidToBeCertainlyNotExecuted() {
        Future<List<Answer<Applied>>> answers = commands.submit(List.of(inSession(1, "b")), WAIT);
        commands.pump();
        group.closed = Optional.of(Problem.of(Code.NO_LEADER, Outcome.NONE, "no leader"));
        commands.leaderChanged();
        commands.pump();
        expireAll();
        assertProblem(Code.DEADLINE, Outcome.UNKNOWN, answers);
        Future<List<Answer<Applied>>> refused = commands.submit(List.of(inSession(2, "c")), WAIT);
        group.closed = Optional.empty();
        commands.pump();
        commands.leaderChanged();
        commands.pump();
        commands.receipt(new ProposeReceipt(102, Refusal.OVERLOADED, 0, 0));
        assertProblem(Code.OVERLOADED, Outcome.UNKNOWN, refused);
    }

    @Test
    void saysWhatTheRulingSays() {
        for (Ruling.Kind kind : List.of(Ruling.Kind.CONFLICT, Ruling.Kind.EXPIRED, Ruling.Kind.FORGOTTEN)) {
            Future<List<Answer<Applied>>> answers = place(7, 3);
            commands.passed(List.of(passed(7, 3, kind, 1, 5)));
            switch (kind) {
                case CONFLICT -> assertProblem(Code.SEQUENCE_CONFLICT, Outcome.NONE, answers);
                case EXPIRED -> assertProblem(Code.SESSION_EXPIRED, Outcome.UNKNOWN, answers);
                default -> assertProblem(Code.SEQUENCE_FORGOTTEN, Outcome.UNKNOWN, answers);
            }
        }
        Future<List<Answer<Applied>>> dropped = place(7, 3);
        commands.passed(List.of(passed(7, 3, Ruling.Kind.DUPLICATE, 1, 5)));
        assertProblem(Code.RESULT_DROPPED, Outcome.APPLIED, dropped);
    }

    /** Another leader's entry took its place: that its session has not seen its number says so. */
    @Test
    void whatLostItsPlaceIsProposedAgain() {
        group.table.open(60_000, 1, 0);
        Future<List<Answer<Applied>>> answers = place(7, 3);
        commands.passed(List.of(passed(7, 4, Ruling.Kind.EXPIRED, 1, 0)));
        assertFalse(answers.isComplete());
        assertTrue(commands.hasWork());
        commands.pump();
        commands.receipt(new ProposeReceipt(101, Refusal.NONE, 9, 4));
        commands.appliedIndex(9);
        assertFalse(answers.isComplete());
        commands.pump();
        commands.receipt(new ProposeReceipt(102, Refusal.NONE, 10, 4));
        group.table.check(1, 1, inSession(1, "b").bodyHash(), 10, 0);
        commands.resultsLost(10, 10);
        assertProblem(Code.RESULT_DROPPED, Outcome.APPLIED, answers);
    }

    private Future<List<Answer<Applied>>> place(long index, long term) {
        group.proposed.clear();
        Future<List<Answer<Applied>>> answers = commands.submit(List.of(inSession(1, "b")), WAIT);
        commands.pump();
        long proposalId = group.proposed.keySet().iterator().next();
        commands.receipt(new ProposeReceipt(proposalId, Refusal.NONE, index, term));
        return answers;
    }

    private static Ruling passed(long index, long term, Ruling.Kind kind, long number, long firstIndex) {
        Entry entry = new Entry(index, term, Entry.Kind.SESSION_COMMAND, 0, Payload.EMPTY);
        return new Ruling(entry, kind, 1, number, Payload.EMPTY, firstIndex);
    }

    private static Order inSession(long number, String body) {
        return Order.inSession(1, number, payload(body));
    }

    private Future<List<Answer<Applied>>> submit(String... data) {
        List<Payload> payloads = new ArrayList<>();
        for (String text : data) {
            payloads.add(payload(text));
        }
        return commands.submit(payloads.stream().map(Order::command).toList(), WAIT);
    }

    private void expireAll() {
        commands.tick(System.nanoTime() + WAIT.toNanos() + 1);
    }

    private static void assertProblem(Code code, Outcome outcome, Future<List<Answer<Applied>>> answers) {
        Problem problem = ((Answer.Failed<Applied>) answers.result().get(0)).problem();
        assertEquals(code, problem.code());
        assertEquals(outcome, problem.outcome());
    }

    private static Entry entry(long index, long term, String data) {
        return new Entry(index, term, Entry.Kind.COMMAND, 0, payload(data));
    }

    private static Result result(int code, String data) {
        return new Result(code, payload(data));
    }

    private static Order order(String text) {
        return Order.command(payload(text));
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static final class FakeGroup implements Commands.Group {
        final Map<Long, List<Payload>> proposed = new HashMap<>();
        final Map<Long, Entry.Kind> kinds = new HashMap<>();
        final Map<Long, Long> terms = new HashMap<>();
        Optional<Problem> closed = Optional.empty();
        Optional<Problem> full = Optional.empty();
        final SessionTable table = new SessionTable(SessionLimits.DEFAULT);
        final SessionResults results = new SessionResults(10_000);
        long commit;
        long applied;
        long compactedIndex;
        long skippedIndex;
        boolean attached = true;

        @Override
        public Optional<Problem> closed() {
            return closed;
        }

        @Override
        public Optional<Problem> full() {
            return full;
        }

        @Override
        public void propose(long proposalId, Entry.Kind kind, List<Payload> payloads) {
            proposed.put(proposalId, payloads);
            kinds.put(proposalId, kind);
        }

        @Override
        public long commitIndex() {
            return commit;
        }

        @Override
        public long appliedIndex() {
            return applied;
        }

        @Override
        public long termAt(long index) {
            return terms.getOrDefault(index, 0L);
        }

        @Override
        public boolean isCompacted(long index) {
            return index <= compactedIndex;
        }

        @Override
        public boolean isSkipped(long index) {
            return index == skippedIndex;
        }

        @Override
        public Optional<MemberId> leader() {
            return Optional.empty();
        }

        @Override
        public boolean appAttached() {
            return attached;
        }

        @Override
        public Verdict look(long session, long number, long bodyHash) {
            return table.look(session, number, bodyHash);
        }

        @Override
        public Optional<SessionResult> result(long session, long number) {
            return results.find(session, number);
        }
    }
}
