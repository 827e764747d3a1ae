package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.ControlRequest;
import dev.outrigger.agent.core.message.Message.ControlResponse;
import dev.outrigger.agent.core.message.Message.ProposeRequest;
import dev.outrigger.agent.core.message.Message.ProposeResponse;
import dev.outrigger.agent.core.message.Message.ReadRequest;
import dev.outrigger.agent.core.message.Message.ReadResponse;
import dev.outrigger.agent.core.message.Message.SnapshotRequest;
import dev.outrigger.agent.core.message.Message.SnapshotResponse;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;
import java.util.Optional;

/**
 * What a member does in one role; each role owns the state that only it needs. The defaults are those of a member that
 * does not lead and knows no leader.
 */
abstract sealed class Role permits Follower, PreCandidate, Candidate, Leader {
    final RaftCore core;

    Role(RaftCore core) {
        this.core = core;
    }

    abstract RoleName name();

    abstract void tick();

    void enter() {}

    void leave() {}

    Optional<MemberId> leader() {
        return Optional.empty();
    }

    /** Highest commit index a leader has told; 0 before that. */
    long toldCommitIndex() {
        return 0;
    }

    /** Whether a leader was heard so recently that nobody may campaign against it. */
    boolean leaderAlive() {
        return false;
    }

    /** What the core holds on to, this role's part included. */
    CoreMemory memory(long tailBytes, long unsettledBytes) {
        return new CoreMemory(tailBytes, unsettledBytes, 0, 0, 0);
    }

    Optional<Long> matchIndex(MemberId member) {
        return Optional.empty();
    }

    /** Whether {@link #flush} would send something. */
    boolean hasOutput() {
        return false;
    }

    /** Turns gathered work into messages; called once for each Ready. */
    void flush() {}

    void onPersisted() {}

    void onVoteGiven() {}

    void onVoteResponse(VoteResponse response) {}

    void onAppendRequest(AppendRequest request) {
        throw new InvariantViolation("a " + name() + " must follow before it takes entries");
    }

    void onAppendResponse(AppendResponse response) {}

    void onFetched(MemberId follower, List<Entry> entries) {}

    void onUnreachable(MemberId peer) {}

    void onFitness(MemberId follower, Fitness fitness) {}

    void control(long requestId, Control control) {
        core.controlReceipt(ControlReceipt.refused(requestId, Verdict.NO_LEADER));
    }

    /** Forwarded once, like a proposal. */
    void onControlRequest(ControlRequest request) {
        ControlReceipt refused = ControlReceipt.refused(request.requestId(), Verdict.NOT_LEADER);
        core.sendDurably(new ControlResponse(core.self(), request.from(), core.term(), refused));
    }

    void onTimeoutNow(MemberId from) {}

    void onSnapshotRequest(SnapshotRequest request) {
        throw new InvariantViolation("a " + name() + " must follow before it takes a snapshot");
    }

    void onSnapshotResponse(SnapshotResponse response) {}

    void onChunkStored(Snapshot snapshot, long storedBytes) {}

    void onChunkFetched(MemberId follower, Snapshot snapshot, long offset, Payload bytes) {}

    void onChunkMissing(MemberId follower, Snapshot snapshot) {}

    void onDisconnected(MemberId peer) {}

    void propose(long proposalId, Entry.Kind kind, List<Payload> commands) {
        core.refuse(proposalId, Refusal.NO_LEADER);
    }

    void read(long readId) {
        core.refuseRead(readId);
    }

    void onReadRequest(ReadRequest request) {
        core.sendDurably(new ReadResponse(core.self(), request.from(), core.term(), request.readId(), false, 0));
    }

    /** A proposal is forwarded once: who does not lead refuses, and nothing of it will ever be in a log. */
    void onProposeRequest(ProposeRequest request) {
        ProposeReceipt refused = new ProposeReceipt(request.proposalId(), Refusal.NOT_LEADER, 0, 0);
        core.sendDurably(new ProposeResponse(core.self(), request.from(), core.term(), refused));
    }
}
