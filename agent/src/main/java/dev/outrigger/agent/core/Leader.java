package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.ChunkFetch;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.Control.ChangeMembers;
import dev.outrigger.agent.core.message.Control.Transfer;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.ControlReceipt.Verdict;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberChange;
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
import dev.outrigger.agent.core.message.Message.TimeoutNow;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.core.quorum.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes proposals, replicates them, decides what is committed, confirms reads, changes the members and hands over (Paper
 * §5.3, §6, §7, Diss. §3.10, §6.4).
 */
final class Leader extends Role {
    /** After a transfer to a preferred member has failed, so many election timeouts pass before the next. */
    private static final int PREFERENCE_PAUSE_TIMEOUTS = 10;
    /** The same after a transfer to a member that is better off. */
    private static final int AILING_PAUSE_TIMEOUTS = 3;

    private final Map<MemberId, Progress> followers = new TreeMap<>();
    /** Which disk each follower's progress is that of. */
    private final Map<MemberId, String> disks = new TreeMap<>();
    /** Whether it counts itself: a leader that is being removed does not. */
    private boolean selfVotes;

    private final PendingReads reads;
    private int heartbeatElapsedTicks;
    private int quorumElapsedTicks;
    /** Rises with every heartbeat and every batch of reads; followers echo it. */
    private long round;

    private boolean heartbeatDue;
    private int diskSilentTicks;
    private Optional<PendingTransfer> transfer = Optional.empty();
    private int preferencePauseTimeouts;
    /** While it should rather not lead: ticks until it looks for a successor again. */
    private int ailingPauseTicks;

    Leader(RaftCore core) {
        super(core);
        this.reads = new PendingReads(core.options().pendingReadsMax());
    }

    @Override
    RoleName name() {
        return RoleName.LEADER;
    }

    @Override
    Optional<MemberId> leader() {
        return Optional.of(core.self());
    }

    @Override
    boolean leaderAlive() {
        return true;
    }

    @Override
    Optional<Long> matchIndex(MemberId member) {
        return member.equals(core.self())
                ? Optional.of(core.durableIndex())
                : Optional.ofNullable(followers.get(member)).map(Progress::matchIndex);
    }

    @Override
    CoreMemory memory(long tailBytes, long unsettledBytes) {
        int appends = 0;
        long bytes = 0;
        for (Progress follower : followers.values()) {
            appends = Math.max(appends, follower.inflightAppends());
            bytes = Math.max(bytes, follower.inflightBytes());
        }
        return new CoreMemory(tailBytes, unsettledBytes, appends, bytes, reads.size());
    }

    @Override
    void enter() {
        // What a leader sends waits for no disk: it leans on a term and vote that are durable.
        if (!core.hardStateIsDurable()) {
            throw new InvariantViolation("leads in term " + core.term() + " before its own vote is durable");
        }
        followConfiguration(true);
        // Entries of older terms commit only under one of ours (Paper §5.4.2, Diss. §6.4).
        append(Entry.Kind.NOOP, Payload.EMPTY);
        heartbeat();
    }

    @Override
    void leave() {
        for (PendingReads.Read read : reads.takeAll()) {
            answer(read, false, 0);
        }
    }

    @Override
    void tick() {
        if (++heartbeatElapsedTicks >= core.options().heartbeatTicks()) {
            heartbeat();
        }
        transfer = transfer.filter(PendingTransfer::tick);
        yieldWhileAiling();
        diskSilentTicks = core.isWriting() ? diskSilentTicks + 1 : 0;
        if (diskSilentTicks >= core.options().electionTicks()) {
            // Its log does not grow any more, and its heartbeats would keep others from doing better.
            giveUp();
        } else if (++quorumElapsedTicks >= core.options().electionTicks()) {
            quorumElapsedTicks = 0;
            checkQuorum();
        } else {
            promote();
        }
    }

    // ---- proposals ----

    @Override
    void propose(long proposalId, Entry.Kind kind, List<Payload> commands) {
        core.receipt(accept(proposalId, kind, commands));
    }

    @Override
    void onProposeRequest(ProposeRequest request) {
        ProposeReceipt receipt = accept(request.proposalId(), request.entryKind(), request.commands());
        core.send(new ProposeResponse(core.self(), request.from(), core.term(), receipt));
    }

    private ProposeReceipt accept(long proposalId, Entry.Kind kind, List<Payload> commands) {
        if (transfer.isPresent()) {
            return new ProposeReceipt(proposalId, Refusal.TRANSFERRING, 0, 0);
        }
        // What was uncommitted in earlier terms counts too, also what is only on disk since a restart.
        if (!core.log().isInMemory(core.commitIndex() + 1)) {
            return new ProposeReceipt(proposalId, Refusal.UNSETTLED, 0, 0);
        }
        if (core.uncommittedBytes() >= core.options().uncommittedBytesMax()) {
            return new ProposeReceipt(proposalId, Refusal.OVERLOADED, 0, 0);
        }
        long firstIndex = core.lastIndex() + 1;
        commands.forEach(command -> append(kind, command));
        return new ProposeReceipt(proposalId, Refusal.NONE, firstIndex, core.term());
    }

    private void append(Entry.Kind kind, Payload data) {
        core.log().append(new Entry(core.lastIndex() + 1, core.term(), kind, core.stampMillis(), data));
    }

    // ---- replication ----

    @Override
    boolean hasOutput() {
        if (heartbeatDue
                || reads.hasArrived() && ownTermCommitted()
                || transferTarget().isPresent()) {
            return true;
        }
        for (Progress follower : followers.values()) {
            if (isBehind(follower)) {
                return true;
            }
        }
        return false;
    }

    private boolean isBehind(Progress follower) {
        if (follower.snapshot().isPresent()) {
            SnapshotSending sending = follower.snapshot().get();
            return sending.wantsPiece() || sending.wantsAnswer() || follower.lacksRound(round);
        }
        if (needsSnapshot(follower)) {
            return true;
        }
        boolean entries = follower.hasRoom()
                && !follower.isFetching()
                && (follower.isProbing() || follower.nextIndex() <= core.lastIndex());
        return entries || !follower.isProbing() && follower.lacksNews(core.commitIndex(), round);
    }

    @Override
    void flush() {
        if (reads.hasArrived() && ownTermCommitted()) {
            reads.startRound(++round, core.commitIndex());
            serveConfirmedReads();
        }
        followers.forEach(this::replicate);
        transferTarget().ifPresent(target -> core.send(new TimeoutNow(core.self(), target, core.term())));
        transfer.filter(pending -> transferTarget().isPresent()).ifPresent(PendingTransfer::asked);
        heartbeatDue = false;
    }

    private void replicate(MemberId member, Progress follower) {
        if (follower.snapshot().isEmpty() && needsSnapshot(follower)) {
            follower.sendSnapshot(core.snapshot().orElseThrow());
        }
        if (follower.snapshot().isPresent()) {
            sendSnapshot(member, follower, follower.snapshot().get());
        } else {
            sendEntries(member, follower);
        }
    }

    /** Whether the log does not reach back to what it needs (Paper §7). */
    private boolean needsSnapshot(Progress follower) {
        return follower.nextIndex() <= core.log().baseIndex();
    }

    private void sendSnapshot(MemberId member, Progress follower, SnapshotSending sending) {
        if (heartbeatDue || sending.wantsAnswer() || follower.lacksRound(round)) {
            if (sending.wantsAnswer()) {
                sending.sent();
            }
            sendPiece(member, follower, sending, Payload.EMPTY);
        }
        if (sending.wantsPiece()) {
            sending.fetching();
            core.chunkFetch(new ChunkFetch(
                    member,
                    sending.snapshot(),
                    sending.storedBytes(),
                    core.options().chunkBytesMax()));
        }
    }

    private void sendPiece(MemberId member, Progress follower, SnapshotSending sending, Payload bytes) {
        core.send(new SnapshotRequest(
                core.self(), member, core.term(), sending.snapshot(), sending.storedBytes(), bytes, round));
        follower.told(round);
    }

    @Override
    void onChunkFetched(MemberId member, Snapshot snapshot, long offset, Payload bytes) {
        Progress follower = followers.get(member);
        if (follower == null || follower.snapshot().isEmpty()) {
            return;
        }
        SnapshotSending sending = follower.snapshot().get();
        if (sending.fetched(snapshot, offset)) {
            sending.sent();
            sendPiece(member, follower, sending, bytes);
        }
    }

    @Override
    void onChunkMissing(MemberId member, Snapshot snapshot) {
        Progress follower = followers.get(member);
        if (follower == null || follower.snapshot().isEmpty()) {
            return;
        }
        SnapshotSending sending = follower.snapshot().get();
        boolean ours = sending.snapshot().equals(snapshot);
        if (ours && core.snapshot().orElseThrow().equals(snapshot)) {
            sending.unreadable();
        } else if (ours) {
            follower.sendSnapshot(core.snapshot().orElseThrow());
        }
    }

    @Override
    void onSnapshotResponse(SnapshotResponse response) {
        Progress follower = followers.get(response.from());
        if (follower == null) {
            return;
        }
        if (!response.installed()) {
            follower.snapshotStored(response.index(), response.checksum(), response.storedBytes(), response.round());
        } else if (follower.snapshotInstalled(response.index(), response.round())) {
            advanceCommitIndex();
        }
        serveConfirmedReads();
    }

    private void sendEntries(MemberId member, Progress follower) {
        boolean sent = false;
        while (follower.hasRoom() && !follower.isFetching() && follower.nextIndex() <= core.lastIndex()) {
            Optional<List<Entry>> entries = nextEntries(follower);
            if (entries.isEmpty()) {
                fetch(member, follower);
                break;
            }
            send(member, follower, entries.get());
            sent = true;
        }
        boolean probe = follower.isProbing() && follower.hasRoom();
        if (!sent && (probe || heartbeatDue || follower.lacksNews(core.commitIndex(), round))) {
            send(member, follower, List.of());
        }
    }

    /** Has older entries read from disk; a probe goes out without any, since it only asks where the logs meet. */
    private void fetch(MemberId member, Progress follower) {
        if (!follower.isProbing()) {
            follower.fetching(true);
            core.fetch(new LogFetch(member, follower.nextIndex(), core.options().appendBytesMax()));
        }
    }

    private Optional<List<Entry>> nextEntries(Progress follower) {
        CoreOptions options = core.options();
        return core.log()
                .slice(follower.nextIndex(), core.lastIndex(), options.appendEntriesMax(), options.appendBytesMax());
    }

    private void send(MemberId member, Progress follower, List<Entry> entries) {
        long prevIndex = follower.nextIndex() - 1;
        long bytes = entries.stream().mapToLong(Entry::sizeBytes).sum();
        core.send(new AppendRequest(
                core.self(),
                member,
                core.term(),
                prevIndex,
                core.log().termAt(prevIndex),
                entries,
                core.commitIndex(),
                round));
        follower.sent(prevIndex, entries.size(), bytes, core.commitIndex(), round);
    }

    @Override
    void onFetched(MemberId member, List<Entry> entries) {
        Progress follower = followers.get(member);
        if (follower == null || !follower.isFetching()) {
            return;
        }
        follower.fetching(false);
        // The follower or the log may have moved meanwhile, and an earlier leadership may have asked: send only what
        // still
        // fits.
        boolean fits = !entries.isEmpty()
                && !needsSnapshot(follower)
                && entries.get(0).index() == follower.nextIndex()
                && entries.stream().allMatch(entry -> core.log().matches(entry.index(), entry.term()));
        if (fits) {
            sendFetched(member, follower, entries);
        }
    }

    private void sendFetched(MemberId member, Progress follower, List<Entry> entries) {
        int entriesMax = core.options().appendEntriesMax();
        for (int from = 0; from < entries.size() && follower.hasRoom(); from += entriesMax) {
            send(member, follower, entries.subList(from, Math.min(from + entriesMax, entries.size())));
        }
    }

    @Override
    void onAppendResponse(AppendResponse response) {
        Progress follower = followers.get(response.from());
        if (follower == null) {
            return;
        }
        if (response.accepted()) {
            if (response.matchIndex() > core.lastIndex()) {
                throw new InvariantViolation(response.from() + " acknowledged index " + response.matchIndex()
                        + ", but this leader's log ends at " + core.lastIndex());
            }
            if (follower.accepted(response.matchIndex(), response.round())) {
                advanceCommitIndex();
            }
        } else {
            long candidate = core.log().lastIndexWithTermAtMost(response.hintIndex(), response.hintTerm());
            follower.rejected(response.rejectedIndex(), candidate, response.round());
        }
        serveConfirmedReads();
    }

    @Override
    void onPersisted() {
        diskSilentTicks = 0;
        advanceCommitIndex();
    }

    @Override
    void onUnreachable(MemberId peer) {
        Progress follower = followers.get(peer);
        if (follower != null) {
            follower.lost();
        }
    }

    @Override
    void onDisconnected(MemberId peer) {
        onUnreachable(peer);
    }

    /** A leader counts copies only of its own term's entries; older ones are committed with them (Paper §5.4.2). */
    private void advanceCommitIndex() {
        long reached = core.quorum().reached(this::matchIndexOf);
        if (reached > core.commitIndex() && core.termAt(reached) == core.term()) {
            core.commit(reached);
            onCommitted();
        }
    }

    private long matchIndexOf(MemberId member) {
        if (member.equals(core.self())) {
            return selfVotes ? core.durableIndex() : 0;
        }
        Progress follower = followers.get(member);
        return follower == null ? 0 : follower.matchIndex();
    }

    // ---- members ----

    /** Follows the members of the configuration in force, and nobody else. */
    private void followConfiguration(boolean active) {
        selfVotes = core.isVoter();
        Map<MemberId, String> members = new TreeMap<>();
        core.configuration().everybody().forEach(member -> members.put(member.id(), member.storageId()));
        members.remove(core.self());
        followers.keySet().removeIf(member -> !disks.getOrDefault(member, "").equals(members.get(member)));
        disks.clear();
        disks.putAll(members);
        CoreOptions options = core.options();
        for (MemberId member : members.keySet()) {
            followers.computeIfAbsent(
                    member,
                    added -> new Progress(
                            core.lastIndex() + 1, options.inflightAppendsMax(), options.inflightBytesMax(), active));
        }
    }

    private Verdict change(List<MemberChange> changes) {
        if (!mayChangeMembers()) {
            return Verdict.PENDING;
        }
        Optional<List<Member>> target = MembershipPlan.target(core.configuration(), changes);
        if (target.isEmpty()) {
            return Verdict.INVALID;
        }
        Configuration after = Configuration.stable(target.get());
        if (!new Quorum<>(after.voters(), List.of()).reachedBy(this::isHealthy)) {
            return Verdict.UNHEALTHY;
        }
        if (!after.equals(core.configuration())) {
            adopt(MembershipPlan.towards(core.configuration(), target.get()));
        }
        return Verdict.ACCEPTED;
    }

    /**
     * One change at a time, and none before an entry of the own term is committed: an older leader's change may still be
     * in force elsewhere (Paper §6 and Ongaro's note of July 2015 on it).
     */
    private boolean mayChangeMembers() {
        boolean decided = core.log().configurations().latestIndex() <= core.commitIndex();
        return decided && ownTermCommitted() && !core.configuration().isJoint() && transfer.isEmpty();
    }

    private void adopt(Configuration configuration) {
        append(Entry.Kind.CONFIGURATION, configuration.encode());
        followConfiguration(false);
    }

    /** A committed joint configuration is left at once; who is no voter in what is committed then leads no longer. */
    private void onCommitted() {
        boolean decided = core.log().configurations().latestIndex() <= core.commitIndex();
        if (decided && core.configuration().isJoint()) {
            adopt(core.configuration().afterChange());
            advanceCommitIndex();
        } else if (decided && !core.isVoter()) {
            giveUp();
        }
    }

    /** Learners that wait to become voters do so when they have caught up (Diss. §4.2.1), all of them at once. */
    private void promote() {
        List<MemberId> ready = new ArrayList<>();
        for (Member member : core.configuration().members()) {
            Progress follower = followers.get(member.id());
            boolean caughtUp = member.standing() == Standing.JOINING
                    && follower != null
                    && follower.hasCaughtUp(core.lastIndex(), core.options().electionTicks());
            if (caughtUp) {
                ready.add(member.id());
            }
        }
        if (!ready.isEmpty() && mayChangeMembers()) {
            List<Member> target = MembershipPlan.promoted(core.configuration(), ready);
            adopt(MembershipPlan.towards(core.configuration(), target));
        }
    }

    private boolean isHealthy(MemberId member) {
        Progress follower = followers.get(member);
        return member.equals(core.self()) || follower != null && follower.isActive();
    }

    // ---- handing over ----

    @Override
    void control(long requestId, Control control) {
        core.controlReceipt(decide(requestId, control));
    }

    @Override
    void onControlRequest(ControlRequest request) {
        ControlReceipt receipt = decide(request.requestId(), request.control());
        core.send(new ControlResponse(core.self(), request.from(), core.term(), receipt));
    }

    private ControlReceipt decide(long requestId, Control control) {
        if (control instanceof Transfer wanted) {
            Verdict verdict = transfer(wanted.to());
            long term = verdict == Verdict.ACCEPTED ? core.term() : 0;
            return new ControlReceipt(requestId, verdict, 0, term);
        }
        Verdict verdict = change(((ChangeMembers) control).changes());
        return verdict == Verdict.ACCEPTED
                ? new ControlReceipt(
                        requestId, verdict, core.log().configurations().latestIndex(), core.term())
                : ControlReceipt.refused(requestId, verdict);
    }

    private Verdict transfer(Optional<MemberId> to) {
        if (transfer.isPresent()) {
            return Verdict.PENDING;
        }
        if (to.isPresent() && !core.quorum().contains(to.get())) {
            return Verdict.INVALID;
        }
        if (to.isPresent() && to.get().equals(core.self())) {
            return Verdict.ACCEPTED;
        }
        Optional<MemberId> target = to.or(this::successor)
                .filter(this::isHealthy)
                .filter(member -> to.isEmpty() || core.isAiling() || fitness(member) != Fitness.AILING);
        if (target.isEmpty()) {
            return Verdict.UNHEALTHY;
        }
        startTransfer(target.get());
        return Verdict.ACCEPTED;
    }

    private void startTransfer(MemberId target) {
        transfer = Optional.of(new PendingTransfer(target, core.options().electionTicks()));
    }

    /**
     * The healthy voter that would do best: by its application, then by preference, then in the zone of this leader, then
     * by how much it has, then by name.
     */
    private Optional<MemberId> successor() {
        Optional<MemberId> best = Optional.empty();
        for (MemberId voter : core.otherVoters()) {
            if (isHealthy(voter) && (best.isEmpty() || isBetter(voter, best.get()))) {
                best = Optional.of(voter);
            }
        }
        return best;
    }

    private boolean isBetter(MemberId one, MemberId other) {
        int order = fitness(one).compareTo(fitness(other));
        order = order != 0 ? order : Integer.compare(core.priority(one), core.priority(other));
        order = order != 0 ? order : Boolean.compare(core.isNear(one), core.isNear(other));
        return order > 0 || order == 0 && matchIndexOf(one) > matchIndexOf(other);
    }

    @Override
    void onFitness(MemberId member, Fitness fitness) {
        Progress follower = followers.get(member);
        if (follower != null) {
            follower.fitness(fitness);
        }
    }

    private Fitness fitness(MemberId member) {
        Progress follower = followers.get(member);
        return follower == null ? Fitness.UNKNOWN : follower.fitness();
    }

    /** Whom to ask now to campaign: who has everything wins. */
    private Optional<MemberId> transferTarget() {
        return transfer.filter(PendingTransfer::mustAsk)
                .map(PendingTransfer::target)
                .filter(target -> matchIndexOf(target) == core.lastIndex());
    }

    /** Leads no longer, and asks the likeliest successor to take over instead of leaving it to the timeouts. */
    private void giveUp() {
        Optional<MemberId> successor = core.otherVoters().stream()
                .filter(this::isHealthy)
                .reduce((one, other) -> isLikelier(other, one) ? other : one);
        successor.ifPresent(next -> core.send(new TimeoutNow(core.self(), next, core.term())));
        core.becomeFollower(core.term(), Optional.empty());
    }

    private boolean isLikelier(MemberId one, MemberId other) {
        int order = fitness(one).compareTo(fitness(other));
        return order > 0 || order == 0 && matchIndexOf(one) > matchIndexOf(other);
    }

    /**
     * A leader that should rather not lead hands over to a voter that is known to be well. When there is none it goes on:
     * another one that is no better would only hand the lead back. A successor that does not take over is asked again after
     * a while.
     */
    private void yieldWhileAiling() {
        if (ailingPauseTicks > 0) {
            ailingPauseTicks--;
            return;
        }
        if (!core.isAiling() || !mayChangeMembers()) {
            return;
        }
        Optional<MemberId> best = successor()
                .filter(member -> fitness(member) == Fitness.FIT && matchIndexOf(member) >= core.commitIndex());
        if (best.isPresent()) {
            startTransfer(best.get());
            ailingPauseTicks = AILING_PAUSE_TIMEOUTS * core.options().electionTicks();
        }
    }

    /** A member that should rather lead, and is as healthy, gets the lead. */
    private void yieldToPreferred() {
        if (preferencePauseTimeouts > 0) {
            preferencePauseTimeouts--;
            return;
        }
        Optional<MemberId> best = successor()
                .filter(member -> fitness(member) != Fitness.AILING)
                .filter(member -> core.priority(member) > core.priority(core.self()));
        boolean keepsUp = best.isPresent() && matchIndexOf(best.get()) >= core.commitIndex();
        if (keepsUp && mayChangeMembers()) {
            startTransfer(best.get());
            preferencePauseTimeouts = PREFERENCE_PAUSE_TIMEOUTS;
        }
    }

    // ---- staying leader ----

    private void heartbeat() {
        heartbeatElapsedTicks = 0;
        heartbeatDue = true;
        round++;
        followers.values().forEach(Progress::heartbeat);
        transfer.ifPresent(PendingTransfer::heartbeat);
    }

    /** A leader that no majority answers gives up, so that its clients need not wait for ever (Diss. §6.2). */
    private void checkQuorum() {
        Map<MemberId, Boolean> active = new TreeMap<>();
        followers.forEach((member, follower) -> active.put(member, follower.takeRecentlyActive()));
        active.put(core.self(), selfVotes);
        if (core.quorum().reachedBy(voter -> active.getOrDefault(voter, false))) {
            yieldToPreferred();
        } else {
            core.becomeFollower(core.term(), Optional.empty());
        }
    }

    // ---- reads ----

    @Override
    void read(long readId) {
        if (!reads.add(core.self(), readId)) {
            core.refuseRead(readId);
        }
    }

    @Override
    void onReadRequest(ReadRequest request) {
        if (!reads.add(request.from(), request.readId())) {
            answer(new PendingReads.Read(request.from(), request.readId()), false, 0);
        }
    }

    /** Before an entry of its own term is committed a leader does not know what is (Diss. §6.4). */
    private boolean ownTermCommitted() {
        return core.termAt(core.commitIndex()) == core.term();
    }

    private void serveConfirmedReads() {
        long confirmed = core.quorum().reached(this::confirmedRoundOf);
        reads.confirmed(confirmed, served -> served.reads().forEach(read -> answer(read, true, served.readIndex())));
    }

    private long confirmedRoundOf(MemberId member) {
        Progress follower = followers.get(member);
        if (follower == null) {
            return member.equals(core.self()) && selfVotes ? round : 0;
        }
        return follower.confirmedRound();
    }

    private void answer(PendingReads.Read read, boolean granted, long readIndex) {
        if (read.reader().equals(core.self())) {
            core.grant(new ReadGrant(read.readId(), granted, readIndex));
        } else {
            // A refusal may be given in the moment of learning of a newer term, which is not durable then.
            core.sendDurably(
                    new ReadResponse(core.self(), read.reader(), core.term(), read.readId(), granted, readIndex));
        }
    }
}
