package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Asks whether it could win before it raises its term, so that a member that was cut off cannot disturb the others when
 * it returns (Diss. §9.6).
 */
final class PreCandidate extends Role {
    private final Map<MemberId, Boolean> answers = new TreeMap<>();
    private int ticksLeft;

    PreCandidate(RaftCore core) {
        super(core);
        this.ticksLeft = core.randomElectionTicks();
    }

    @Override
    RoleName name() {
        return RoleName.PRE_CANDIDATE;
    }

    @Override
    void enter() {
        RaftLog log = core.log();
        for (MemberId voter : core.otherVoters()) {
            core.sendDurably(
                    new VoteRequest(core.self(), voter, core.term() + 1, log.lastIndex(), log.lastTerm(), true, false));
        }
        if (core.isVoter()) {
            count(core.self(), true);
        }
    }

    @Override
    void tick() {
        ticksLeft--;
        if (ticksLeft <= 0) {
            core.become(new PreCandidate(core));
        }
    }

    @Override
    void onVoteResponse(VoteResponse response) {
        boolean ours = response.preVote() && (!response.granted() || response.term() == core.term() + 1);
        if (ours) {
            count(response.from(), response.granted());
        }
    }

    private void count(MemberId voter, boolean granted) {
        answers.put(voter, granted);
        switch (core.quorum().result(answers)) {
            case WON -> core.become(new Candidate(core, false));
            case LOST -> core.becomeFollower(core.term(), Optional.empty());
            case PENDING -> {}
        }
    }
}
