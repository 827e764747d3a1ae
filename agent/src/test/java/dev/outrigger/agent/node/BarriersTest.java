package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarriersTest {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final List<Long> asked = new ArrayList<>();
    private long applied;
    private final Barriers barriers =
            new Barriers(3, asked::add, () -> applied, () -> Problem.of(Code.NO_LEADER, Outcome.NONE, "no leader"), 10);

    @Test
    void waitsUntilTheConfirmedIndexIsApplied() {
        Future<Answer<Long>> barrier = barriers.barrier(WAIT);
        barriers.pump();
        barriers.granted(new ReadGrant(10, true, 5));
        assertFalse(barrier.isComplete());
        advance(4);
        assertFalse(barrier.isComplete());
        advance(5);
        assertEquals(new Answer.Ok<>(5L), barrier.result());
    }

    @Test
    void whoComesWhileAReadIsUnderWayIsServedByTheNextOneOnly() {
        advance(9);
        Future<Answer<Long>> first = barriers.barrier(WAIT);
        barriers.pump();
        Future<Answer<Long>> second = barriers.barrier(WAIT);
        barriers.pump();
        barriers.granted(new ReadGrant(10, true, 5));
        assertEquals(new Answer.Ok<>(5L), first.result());
        assertFalse(second.isComplete());
        barriers.pump();
        assertEquals(List.of(10L, 11L), asked);
        barriers.granted(new ReadGrant(11, true, 6));
        assertEquals(new Answer.Ok<>(6L), second.result());
    }

    @Test
    void anAnswerThatComesAfterItWasAskedForAnewCountsForThoseWhoWereThereThen() {
        advance(9);
        Future<Answer<Long>> first = barriers.barrier(WAIT);
        barriers.pump();
        barriers.tick(System.nanoTime() + Duration.ofSeconds(1).toNanos());
        Future<Answer<Long>> second = barriers.barrier(WAIT);
        barriers.pump();
        assertEquals(List.of(10L, 11L), asked);
        barriers.granted(new ReadGrant(10, true, 5));
        assertEquals(new Answer.Ok<>(5L), first.result());
        assertFalse(second.isComplete(), "what was committed when the second came is not known");
        barriers.granted(new ReadGrant(11, true, 6));
        assertEquals(new Answer.Ok<>(6L), second.result());
    }

    @Test
    void asksAnewUnderANewNumberAfterARefusal() {
        Future<Answer<Long>> barrier = barriers.barrier(WAIT);
        barriers.pump();
        barriers.granted(new ReadGrant(10, false, 0));
        barriers.pump();
        assertEquals(List.of(10L), asked, "held back until the next tick");
        barriers.tick(System.nanoTime());
        barriers.pump();
        assertEquals(List.of(10L, 11L), asked);
        barriers.granted(new ReadGrant(10, true, 1));
        assertFalse(barrier.isComplete(), "the answer to an old number counts for nothing");
    }

    @Test
    void asksAnewWhenTheAnswerIsLost() {
        barriers.barrier(WAIT);
        barriers.pump();
        barriers.tick(System.nanoTime() + Duration.ofSeconds(1).toNanos());
        barriers.pump();
        assertEquals(List.of(10L, 11L), asked);
    }

    @Test
    void saysWhyAtTheDeadline() {
        Future<Answer<Long>> barrier = barriers.barrier(WAIT);
        Future<Answer<Long>> index = barriers.applied(7, WAIT);
        barriers.tick(System.nanoTime() + WAIT.toNanos() + 1);
        assertInstanceOf(Answer.Failed.class, barrier.result());
        assertInstanceOf(Answer.Failed.class, index.result());
        assertEquals(0, barriers.waiting());
    }

    @Test
    void refusesBeyondItsLimit() {
        for (int i = 0; i < 3; i++) {
            barriers.barrier(WAIT);
        }
        Answer.Failed<?> refused =
                assertInstanceOf(Answer.Failed.class, barriers.barrier(WAIT).result());
        assertEquals(Code.OVERLOADED, refused.problem().code());
    }

    private void advance(long index) {
        applied = index;
        barriers.appliedIndex(index);
    }
}
