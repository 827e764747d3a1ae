package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.ProposeRequest;
import dev.outrigger.agent.core.message.Message.ReadRequest;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import java.util.List;
import java.util.Optional;

/** Takes what the leader sends, and campaigns when it hears nothing of one (Paper §5.2). */
final class Follower extends Role {
    private Optional<MemberId> leader;
    private int electionElapsedTicks;
    private int electionTimeoutTicks;
    /** Highest index up to which this log is known to equal the leader's, in this term. */
    private long verifiedIndex;
    /** Highest index acknowledged to this leader. */
    private long acknowledgedIndex;
    /** Highest read round seen of this leader. */
    private long round;

    Follower(RaftCore core, Optional<MemberId> leader) {
        super(core);
        this.leader = leader;
        this.electionTimeoutTicks = core.options().formed().voters().size() == 1 ? 1 : core.randomElectionTicks();
    }

    boolean follows(MemberId member) {
        return leader.isPresent() && leader.get().equals(member);
    }

    @Override
    RoleName name() {
        return RoleName.FOLLOWER;
    }

    @Override
    Optional<MemberId> leader() {
        return leader;
    }

    @Override
    boolean leaderAlive() {
        return leader.isPresent() && electionElapsedTicks < core.options().electionTicks();
    }

    @Override
    void tick() {
        electionElapsedTicks++;
        if (electionElapsedTicks >= electionTimeoutTicks) {
            core.become(new PreCandidate(core));
        }
    }

    @Override
    void onVoteGiven() {
        electionElapsedTicks = 0;
    }

    @Override
    void onDisconnected(MemberId peer) {
        if (follows(peer)) {
            leader = Optional.empty();
            electionTimeoutTicks = electionElapsedTicks + core.randomShortTicks();
        }
    }

    @Override
    void onAppendRequest(AppendRequest request) {
        electionElapsedTicks = 0;
        boolean newRound = request.round() > round;
        round = Math.max(round, request.round());
        if (!core.log().matches(request.prevIndex(), request.prevTerm())) {
            reject(request);
            return;
        }
        boolean appended = append(request.entries());
        long lastSent = request.prevIndex() + request.entries().size();
        verifiedIndex = Math.max(verifiedIndex, lastSent);
        // Beyond the entries just verified this log may differ from the leader's (Paper §5.3).
        core.commit(Math.min(request.commitIndex(), lastSent));
        if (!appended || newRound) {
            acknowledge();
        }
    }

    @Override
    void onPersisted() {
        if (leader.isPresent() && matchIndex() > acknowledgedIndex) {
            acknowledge();
        }
    }

    @Override
    void propose(long proposalId, List<Payload> commands) {
        if (leader.isPresent()) {
            core.sendDurably(new ProposeRequest(core.self(), leader.get(), core.term(), proposalId, commands));
        } else {
            core.refuse(proposalId, Refusal.NO_LEADER);
        }
    }

    @Override
    void read(long readId) {
        if (leader.isPresent()) {
            core.sendDurably(new ReadRequest(core.self(), leader.get(), core.term(), readId));
        } else {
            core.refuseRead(readId);
        }
    }

    /** Skips what is here already, replaces what differs (Paper Fig. 2, AppendEntries 3 and 4). */
    private boolean append(List<Entry> entries) {
        RaftLog log = core.log();
        boolean appended = false;
        for (Entry entry : entries) {
            if (log.matches(entry.index(), entry.term())) {
                continue;
            }
            if (entry.index() <= log.lastIndex()) {
                truncateFrom(entry.index());
            }
            log.append(entry);
            appended = true;
        }
        return appended;
    }

    private void truncateFrom(long index) {
        if (index <= core.commitIndex()) {
            throw new InvariantViolation(
                    "asked to replace index " + index + ", but " + core.commitIndex() + " is committed");
        }
        core.log().truncateFrom(index);
    }

    /** Only what is durable here and known to equal the leader's log counts. */
    private long matchIndex() {
        return Math.min(core.log().durableIndex(), verifiedIndex);
    }

    private void acknowledge() {
        acknowledgedIndex = matchIndex();
        core.sendDurably(new AppendResponse(
                core.self(), leader.orElseThrow(), core.term(), true, acknowledgedIndex, 0, 0, 0, round));
    }

    /** Helps the leader to step back over a whole term at once (Paper §5.3, end). */
    private void reject(AppendRequest request) {
        RaftLog log = core.log();
        long hintIndex = log.lastIndexWithTermAtMost(request.prevIndex(), request.prevTerm());
        core.sendDurably(new AppendResponse(
                core.self(),
                leader.orElseThrow(),
                core.term(),
                false,
                0,
                request.prevIndex(),
                hintIndex,
                log.termAt(hintIndex),
                round));
    }
}
