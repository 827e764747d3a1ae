package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.RestorePart;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.chronicle.Backups;
import dev.outrigger.agent.storage.chronicle.SnapshotDecoder;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How a backup gets into the log, against a group that the test plays. */
class RestoreTest {
    private static final int ENTRY_BYTES = 1024;
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final UUID ID = new UUID(4, 2);

    private final PlayedGroup group = new PlayedGroup();
    private final Restores restores =
            new Restores(group, SnapshotDecoder::new, () -> ID, Duration.ofMillis(300), 1_000);
    private final byte[] app = new byte[3 * (ENTRY_BYTES - RestorePart.PIECE_OVERHEAD_BYTES) - 7];

    RestoreTest() {
        new SplittableRandom(3).nextBytes(app);
    }

    @Test
    void piecesGoOneByOneAndTheEndWhenAllAreCommitted() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("kv/1", app));
        Future<Answer<Long>> answer = upload.finish(WAIT);
        appendAll();
        assertEquals(3, group.log.size());
        assertFalse(restores.hasWork(), "the end waits for the commit");
        group.commit = 3;
        appendAll();
        RestorePart.End end = assertInstanceOf(RestorePart.End.class, part(4));
        assertEquals(1, end.firstIndex());
        assertEquals(3, end.pieces());
        assertEquals(app.length, end.bytes());
        assertEquals("kv/1", end.format());
        group.commit = 4;
        pump();
        assertFalse(answer.isComplete(), "the application does not have it yet");
        applied(4);
        assertEquals(new Answer.Ok<>(4L), answer.result());
        assertEquals(app.length, pieceBytes());
    }

    @Test
    void nothingIsProposedWhileOneIsOnItsWay() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        upload.finish(WAIT);
        pump();
        assertEquals(1, group.proposals.size());
        pump();
        assertEquals(1, group.proposals.size());
        refuse(Refusal.OVERLOADED);
        assertFalse(restores.hasWork(), "waits for the next tick");
        restores.tick(System.nanoTime());
        assertEquals(2, group.proposals.size());
        assertEquals(group.proposals.get(0).data, group.proposals.get(1).data);
    }

    @Test
    void whatAnotherLeaderHasReplacedIsProposedAgainInOrder() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        upload.finish(WAIT);
        appendAll();
        group.replaceFrom(2, 2); // the later pieces are gone, another leader's entry is in their place
        group.commit = 2;
        appendAll();
        assertEquals(List.of(0, -1, 1, 2), numbers());
        group.commit = 4;
        appendAll();
        assertEquals(1, ((RestorePart.End) part(5)).firstIndex());
    }

    @Test
    void whatALaterTermHasLeftBehindIsLostBeforeItsIndexIsReached() {
        group.append(Payload.EMPTY);
        group.append(Payload.EMPTY);
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        upload.finish(WAIT);
        appendAll();
        group.log.clear();
        group.term = 2;
        group.append(Payload.EMPTY);
        group.commit = 1;
        appendAll();
        assertEquals(List.of(-1, 0, 1, 2), numbers());
    }

    @Test
    void aPieceWithoutReceiptGoesAgainButNeverTheEnd() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        Future<Answer<Long>> answer = upload.finish(WAIT);
        pump();
        restores.tick(System.nanoTime() + Duration.ofSeconds(1).toNanos());
        assertEquals(2, group.proposals.size());
        appendAll();
        group.commit = 3;
        pump();
        int before = group.proposals.size();
        assertInstanceOf(
                RestorePart.End.class,
                RestorePart.decode(group.proposals.get(before - 1).data).orElseThrow());
        restores.tick(System.nanoTime() + Duration.ofSeconds(1).toNanos());
        assertEquals(before, group.proposals.size());
        restores.tick(System.nanoTime() + Duration.ofSeconds(6).toNanos());
        assertProblem(Code.DEADLINE, Outcome.UNKNOWN, answer);
    }

    @Test
    void anEndThatWasRefusedWasNotAppended() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        Future<Answer<Long>> answer = upload.finish(WAIT);
        appendAll();
        group.commit = 3;
        pump();
        refuse(Refusal.NOT_LEADER);
        group.problem = Optional.of(Problem.of(Code.NO_LEADER, Outcome.NONE, "none"));
        restores.tick(System.nanoTime() + Duration.ofSeconds(6).toNanos());
        assertProblem(Code.NO_LEADER, Outcome.NONE, answer);
    }

    @Test
    void aBackupThatIsNotWholeChangesNothing() {
        byte[] backup = Backups.of("", app);
        RestoreUpload upload = begin();
        write(upload, Arrays.copyOf(backup, backup.length - 1));
        Future<Answer<Long>> answer = upload.finish(WAIT);
        appendAll();
        assertProblem(Code.MALFORMED, Outcome.NONE, answer);
        assertTrue(numbers().stream().noneMatch(number -> number == -2), "no end");
        assertInstanceOf(Answer.Ok.class, restores.begin(ENTRY_BYTES), "another one may begin");
    }

    @Test
    void aFormatThatIsNoNameIsRefused() {
        RestoreUpload upload = begin();
        Optional<Problem> problem =
                upload.write(Payload.of(Backups.of("kv\r1", app))).result();
        upload.finish(WAIT);
        assertTrue(problem.isPresent() || !restores.hasWork());
    }

    @Test
    void thereIsNoRoomForMoreThanAFewPieces() {
        byte[] backup = Backups.of("", new byte[5 << 20]);
        RestoreUpload upload = begin(1 << 20);
        int at = 0;
        Future<Optional<Problem>> written = Future.succeededFuture(Optional.empty());
        while (written.isComplete()) {
            written = upload.write(Payload.of(Arrays.copyOfRange(backup, at, at + (64 << 10))));
            at += 64 << 10;
        }
        assertTrue(at < 3 << 20, at + " bytes");
        appendAll();
        assertFalse(written.isComplete(), "appended is not committed");
        group.commit = group.log.size();
        pump();
        assertEquals(Optional.empty(), written.result());
    }

    @Test
    void aGroupThatTakesNothingForLongIsToldInsteadOfWaitedFor() {
        RestoreUpload upload = begin(1 << 20);
        byte[] backup = Backups.of("", new byte[5 << 20]);
        Future<Optional<Problem>> written = upload.write(Payload.of(Arrays.copyOf(backup, 4 << 20)));
        group.problem = Optional.of(Problem.of(Code.NO_QUORUM, Outcome.NONE, "none"));
        restores.tick(System.nanoTime() + Duration.ofSeconds(29).toNanos());
        assertFalse(written.isComplete());
        restores.tick(System.nanoTime() + Duration.ofSeconds(31).toNanos());
        assertEquals(Code.NO_QUORUM, written.result().orElseThrow().code());
    }

    @Test
    void anEndThatIsVoidIsRefused() {
        Future<Answer<Long>> answer = upToTheEnd();
        group.commit = 4;
        restores.voided(4, true, "something was applied before it");
        assertProblem(Code.NOT_EMPTY, Outcome.NONE, answer);
    }

    @Test
    void anEndMayBeVoidBeforeItsReceiptComes() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        Future<Answer<Long>> answer = upload.finish(WAIT);
        appendAll();
        group.commit = 3;
        pump();
        group.commit = 4;
        restores.voided(4, false, "piece 1 is missing");
        appendAll();
        assertProblem(Code.INTERNAL, Outcome.NONE, answer);
    }

    @Test
    void refusedWhereSomethingWasAppliedAndOnlyOneAtATime() {
        begin();
        assertProblem(Code.OVERLOADED, Outcome.NONE, Future.succeededFuture(restores.begin(ENTRY_BYTES)));
        restores.close(Problem.of(Code.SHUTTING_DOWN, Outcome.NONE, "ends"));
        group.empty = false;
        assertProblem(Code.NOT_EMPTY, Outcome.NONE, Future.succeededFuture(restores.begin(ENTRY_BYTES)));
        group.empty = true;
        assertProblem(Code.TOO_LARGE, Outcome.NONE, Future.succeededFuture(restores.begin(100)));
        assertInstanceOf(Answer.Ok.class, restores.begin(ENTRY_BYTES));
    }

    @Test
    void anAgentThatEndsTellsWhatIsKnown() {
        Future<Answer<Long>> answer = upToTheEnd();
        restores.close(Problem.of(Code.SHUTTING_DOWN, Outcome.NONE, "ends"));
        assertProblem(Code.SHUTTING_DOWN, Outcome.UNKNOWN, answer);
    }

    @Test
    void whoGoesAwayLeavesNoEndBehind() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        upload.abandon();
        appendAll();
        assertEquals(List.of(), numbers());
    }

    private Future<Answer<Long>> upToTheEnd() {
        RestoreUpload upload = begin();
        write(upload, Backups.of("", app));
        Future<Answer<Long>> answer = upload.finish(WAIT);
        appendAll();
        group.commit = 3;
        appendAll();
        assertEquals(List.of(0, 1, 2, -2), numbers());
        return answer;
    }

    private RestoreUpload begin() {
        return begin(ENTRY_BYTES);
    }

    private RestoreUpload begin(int entryBytes) {
        return (RestoreUpload)
                assertInstanceOf(Answer.Ok.class, restores.begin(entryBytes)).value();
    }

    private static void write(RestoreUpload upload, byte[] bytes) {
        assertEquals(Optional.empty(), upload.write(Payload.of(bytes)).result());
    }

    private void pump() {
        restores.pump();
    }

    /** The leader takes whatever comes. */
    private void appendAll() {
        restores.pump();
        while (group.outstanding()) {
            PlayedGroup.Proposal proposal = group.take();
            group.append(proposal.data);
            restores.receipt(new ProposeReceipt(proposal.id, Refusal.NONE, group.log.size(), group.term));
            restores.pump();
        }
    }

    private void refuse(Refusal refusal) {
        restores.receipt(new ProposeReceipt(group.take().id, refusal, 0, 0));
    }

    private void applied(long index) {
        group.applied = index;
        restores.appliedIndexMoved();
    }

    private RestorePart part(int index) {
        return RestorePart.decode(group.log.get(index - 1).data).orElseThrow();
    }

    private long pieceBytes() {
        return group.log.stream()
                .flatMap(entry -> RestorePart.decode(entry.data).stream())
                .mapToLong(part ->
                        part instanceof RestorePart.Piece piece ? piece.bytes().length() : 0)
                .sum();
    }

    /** Of each entry: the piece's number, -2 for an end, -1 for something else. */
    private List<Integer> numbers() {
        return group.log.stream()
                .map(entry -> RestorePart.decode(entry.data)
                        .map(part -> part instanceof RestorePart.Piece piece ? piece.number() : -2)
                        .orElse(-1))
                .toList();
    }

    private static void assertProblem(Code code, Outcome outcome, Future<? extends Answer<?>> answer) {
        Problem problem = assertInstanceOf(Answer.Failed.class, answer.result()).problem();
        assertEquals(code, problem.code(), problem.detail());
        assertEquals(outcome, problem.outcome());
    }

    private static final class PlayedGroup implements Restores.Group {
        private record Logged(Payload data, long term) {}

        private record Proposal(long id, Payload data) {}

        private final List<Logged> log = new ArrayList<>();
        private final List<Proposal> proposals = new ArrayList<>();
        private int taken;
        private long commit;
        private long applied;
        private long term = 1;
        private boolean empty = true;
        private Optional<Problem> problem = Optional.empty();

        void append(Payload data) {
            log.add(new Logged(data, term));
        }

        void replaceFrom(int index, long newTerm) {
            log.subList(index - 1, log.size()).clear();
            term = newTerm;
            append(Payload.EMPTY);
        }

        boolean outstanding() {
            return taken < proposals.size();
        }

        /** The latest; what was proposed before it was lost on the way. */
        Proposal take() {
            taken = proposals.size();
            return proposals.get(taken - 1);
        }

        @Override
        public Optional<Problem> closed() {
            return problem;
        }

        @Override
        public Optional<Problem> full() {
            return Optional.empty();
        }

        @Override
        public void proposeRestore(long proposalId, Payload part) {
            proposals.add(new Proposal(proposalId, part));
        }

        @Override
        public boolean isEmpty() {
            return empty;
        }

        @Override
        public long firstIndex() {
            return 1;
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
            return index == 0 || index > log.size() ? 0 : log.get((int) index - 1).term;
        }

        @Override
        public Optional<MemberId> leader() {
            return Optional.empty();
        }

        @Override
        public boolean appAttached() {
            return true;
        }

        @Override
        public void wake() {}
    }
}
