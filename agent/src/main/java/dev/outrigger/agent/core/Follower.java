package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.ControlRequest;
import dev.outrigger.agent.core.message.Message.ProposeRequest;
import dev.outrigger.agent.core.message.Message.ReadRequest;
import dev.outrigger.agent.core.message.Message.SnapshotRequest;
import dev.outrigger.agent.core.message.Message.SnapshotResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.core.message.Snapshot;
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
    /** Highest commit index this leader has told, which may be ahead of what is here. */
    private long toldCommitIndex;
    /** A snapshot of this leader; what it covers is here, but not durable yet. */
    private Optional<Snapshot> offered = Optional.empty();

    Follower(RaftCore core, Optional<MemberId> leader) {
        super(core);
        this.leader = leader;
        this.electionTimeoutTicks = core.otherVoters().isEmpty() ? 1 : core.randomElectionTicks();
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
    long toldCommitIndex() {
        return toldCommitIndex;
    }

    @Override
    boolean leaderAlive() {
        return leader.isPresent() && electionElapsedTicks < core.options().electionTicks();
    }

    @Override
    void tick() {
        electionElapsedTicks++;
        if (electionElapsedTicks >= electionTimeoutTicks) {
            if (core.mayCampaign()) {
                core.become(new PreCandidate(core));
            } else {
                leader = Optional.empty(); // it has none to send proposals to, and campaigning is for voters
            }
        }
    }

    @Override
    void onTimeoutNow(MemberId from) {
        if (follows(from) && core.isVoter()) {
            core.become(new Candidate(core, true));
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
        boolean newRound = heard(request.round());
        toldCommitIndex = Math.max(toldCommitIndex, request.commitIndex());
        if (!core.log().matchesOrCovers(request.prevIndex(), request.prevTerm())) {
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

    /** Whether the leader's read round is new. */
    private boolean heard(long leaderRound) {
        electionElapsedTicks = 0;
        boolean isNew = leaderRound > round;
        round = Math.max(round, leaderRound);
        return isNew;
    }

    @Override
    void onPersisted() {
        if (leader.isPresent() && matchIndex() > acknowledgedIndex) {
            acknowledge();
        }
        acknowledgeOffered();
    }

    // ---- snapshots ----

    @Override
    void onSnapshotRequest(SnapshotRequest request) {
        heard(request.round());
        Snapshot snapshot = request.snapshot();
        toldCommitIndex = Math.max(toldCommitIndex, snapshot.index());
        if (isHere(snapshot)) {
            keepLog(snapshot);
        } else {
            core.chunkWrite(new ChunkWrite(snapshot, request.offset(), request.bytes()));
        }
    }

    @Override
    void onChunkStored(Snapshot snapshot, long storedBytes) {
        if (leader.isEmpty()) {
            return;
        }
        boolean whole = storedBytes == snapshot.bytes();
        if (!whole) {
            answer(snapshot, storedBytes, false);
        } else if (isHere(snapshot)) {
            // Its entries came while its bytes were on their way to the disk, and others behind them.
            keepLog(snapshot);
        } else {
            core.install(snapshot);
            covered(snapshot);
        }
    }

    private boolean isHere(Snapshot snapshot) {
        return core.log().matchesOrCovers(snapshot.index(), snapshot.term());
    }

    /** What a snapshot covers is committed, and it is all here: the log may be ahead of it, and stays. */
    private void keepLog(Snapshot snapshot) {
        core.commit(snapshot.index());
        covered(snapshot);
        acknowledgeOffered();
    }

    private void covered(Snapshot snapshot) {
        offered = Optional.of(snapshot);
        verifiedIndex = Math.max(verifiedIndex, snapshot.index());
    }

    private void acknowledgeOffered() {
        if (leader.isPresent()
                && offered.isPresent()
                && offered.get().index() <= core.log().durableIndex()) {
            answer(offered.get(), offered.get().bytes(), true);
            offered = Optional.empty();
        }
    }

    private void answer(Snapshot snapshot, long storedBytes, boolean installed) {
        core.sendDurably(new SnapshotResponse(
                core.self(),
                leader.orElseThrow(),
                core.term(),
                snapshot.index(),
                snapshot.checksum(),
                storedBytes,
                installed,
                round));
    }

    // ---- what goes to the leader ----

    @Override
    void control(long requestId, Control control) {
        if (leader.isPresent()) {
            core.sendDurably(new ControlRequest(core.self(), leader.get(), core.term(), requestId, control));
        } else {
            super.control(requestId, control);
        }
    }

    @Override
    void propose(long proposalId, Entry.Kind kind, List<Payload> commands) {
        if (leader.isPresent()) {
            core.sendDurably(new ProposeRequest(core.self(), leader.get(), core.term(), proposalId, kind, commands));
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
            if (log.matchesOrCovers(entry.index(), entry.term())) {
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
        long hintIndex =
                Math.max(log.baseIndex(), log.lastIndexWithTermAtMost(request.prevIndex(), request.prevTerm()));
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
