package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Campaigns in a new term (Paper §5.2). Its own vote counts, like any other, only once it is durable. */
final class Candidate extends Role {
    private final Map<MemberId, Boolean> answers = new TreeMap<>();
    /** Whether the leader has asked for this (Diss. §3.10). */
    private final boolean transfer;

    private int ticksLeft;

    Candidate(RaftCore core, boolean transfer) {
        super(core);
        this.transfer = transfer;
        this.ticksLeft = core.randomElectionTicks();
    }

    @Override
    RoleName name() {
        return RoleName.CANDIDATE;
    }

    @Override
    void enter() {
        core.voteFor(core.term() + 1, core.self());
        RaftLog log = core.log();
        for (MemberId voter : core.otherVoters()) {
            core.sendDurably(
                    new VoteRequest(core.self(), voter, core.term(), log.lastIndex(), log.lastTerm(), false, transfer));
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
    void onPersisted() {
        if (core.hardStateIsDurable() && core.isVoter()) {
            count(core.self(), true);
        }
    }

    @Override
    void onVoteResponse(VoteResponse response) {
        if (!response.preVote() && response.term() == core.term()) {
            count(response.from(), response.granted());
        }
    }

    private void count(MemberId voter, boolean granted) {
        answers.put(voter, granted);
        switch (core.quorum().result(answers)) {
            case WON -> core.become(new Leader(core));
            case LOST -> core.becomeFollower(core.term(), Optional.empty());
            case PENDING -> {}
        }
    }
}
