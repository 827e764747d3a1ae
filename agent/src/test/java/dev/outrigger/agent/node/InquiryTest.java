package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.AppRecord.Answers;
import dev.outrigger.agent.wire.AppRecord.Divergence;
import dev.outrigger.agent.wire.AppRecord.StateHash;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InquiryTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final Set<MemberId> VOTERS = Set.of(A, B, C);

    private static Inquiry inquiry() {
        return new Inquiry(11, 14, Set.of(B, C), Map.of());
    }

    private static Answers answers(long first, Long... hashes) {
        return new Answers(first, List.of(hashes), List.of());
    }

    private static Answers states(StateHash... states) {
        return new Answers(11, List.of(), List.of(states));
    }

    @Test
    void whoIsAloneIsOutvotedFromTheFirstAnswerThatDiffers() {
        Inquiry inquiry = inquiry();
        inquiry.add(A, answers(11, 1L, 2L, 3L, 4L));
        inquiry.add(B, answers(11, 1L, 2L, 9L, 9L));
        inquiry.add(C, answers(11, 1L, 2L, 3L));
        assertEquals(List.of(new Divergence(13, 13, List.of(A, C), List.of(B))), inquiry.decide(VOTERS));
    }

    @Test
    void oneAgainstOneIsNoMajority() {
        Inquiry inquiry = inquiry();
        inquiry.add(A, answers(11, 1L, 2L));
        inquiry.add(B, answers(11, 1L, 3L));
        assertEquals(List.of(new Divergence(12, 12, List.of(), List.of(A, B))), inquiry.decide(VOTERS));
    }

    @Test
    void threeAnswersAreNoMajority() {
        Inquiry inquiry = inquiry();
        inquiry.add(A, answers(11, 1L));
        inquiry.add(B, answers(11, 2L));
        inquiry.add(C, answers(11, 3L));
        assertEquals(List.of(new Divergence(11, 11, List.of(), List.of(A, B, C))), inquiry.decide(VOTERS));
    }

    @Test
    void oneThatKnowsOnlyTheEndDecidesAboutTheBeginning() {
        Inquiry inquiry = inquiry();
        inquiry.add(A, answers(11, 1L, 2L, 3L, 4L));
        inquiry.add(B, answers(11, 1L, 9L, 3L, 8L));
        inquiry.add(C, answers(14, 4L));
        assertEquals(List.of(new Divergence(12, 12, List.of(A, C), List.of(B))), inquiry.decide(VOTERS));
    }

    @Test
    void whoDoesNotVoteMakesNoMajorityAndCanBeOutvoted() {
        MemberId learner = new MemberId("l");
        Inquiry inquiry = inquiry();
        inquiry.add(A, answers(11, 1L));
        inquiry.add(learner, answers(11, 1L));
        inquiry.add(B, answers(11, 2L));
        assertEquals(List.of(new Divergence(11, 11, List.of(), List.of(A, B, learner))), inquiry.decide(VOTERS));
        inquiry.add(C, answers(11, 2L));
        assertEquals(
                List.of(
                        new Divergence(11, 11, List.of(B, C), List.of(A)),
                        new Divergence(11, 11, List.of(B, C), List.of(learner))),
                inquiry.decide(VOTERS));
    }

    @Test
    void equalAnswersAreNoFinding() {
        Inquiry inquiry = inquiry();
        inquiry.add(A, answers(11, 1L, 0L));
        inquiry.add(B, answers(12, 0L, 5L));
        assertEquals(List.of(), inquiry.decide(VOTERS));
    }

    @Test
    void ofStatesTheBeginningIsKnownUpToTheLastThatWasEqual() {
        Inquiry inquiry = inquiry();
        inquiry.add(A, states(new StateHash(11, 1), new StateHash(14, 2)));
        inquiry.add(B, states(new StateHash(11, 1), new StateHash(12, 7), new StateHash(14, 3)));
        inquiry.add(C, states(new StateHash(11, 1), new StateHash(14, 2)));
        assertEquals(List.of(new Divergence(12, 14, List.of(A, C), List.of(B))), inquiry.decide(VOTERS));
    }

    @Test
    void whereSingleAnswersAreNotKnownAnyMoreTheStretchIsNamed() {
        Inquiry inquiry = new Inquiry(11, 14, Set.of(), Map.of(A, 1L, B, 2L, C, 1L));
        assertEquals(List.of(new Divergence(11, 14, List.of(A, C), List.of(B))), inquiry.decide(VOTERS));
    }
}
