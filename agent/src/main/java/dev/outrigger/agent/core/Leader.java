package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppendRequest;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.ProposeRequest;
import dev.outrigger.agent.core.message.Message.ProposeResponse;
import dev.outrigger.agent.core.message.Message.ReadRequest;
import dev.outrigger.agent.core.message.Message.ReadResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ProposeReceipt.Refusal;
import dev.outrigger.agent.core.message.ReadGrant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Takes proposals, replicates them, decides what is committed, and confirms reads (Paper §5.3, Diss. §6.4). */
final class Leader extends Role {
    private final Map<MemberId, Progress> followers = new TreeMap<>();
    private final PendingReads reads;
    private int heartbeatElapsedTicks;
    private int quorumElapsedTicks;
    /** Rises with every heartbeat and every batch of reads; followers echo it. */
    private long round;

    private boolean heartbeatDue;

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
    void enter() {
        // What a leader sends waits for no disk: it leans on a term and vote that are durable.
        if (!core.hardStateIsDurable()) {
            throw new InvariantViolation("leads in term " + core.term() + " before its own vote is durable");
        }
        CoreOptions options = core.options();
        for (MemberId voter : options.formed().voters()) {
            if (!voter.equals(core.self())) {
                followers.put(
                        voter,
                        new Progress(core.lastIndex() + 1, options.inflightAppendsMax(), options.inflightBytesMax()));
            }
        }
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
        if (++quorumElapsedTicks >= core.options().electionTicks()) {
            quorumElapsedTicks = 0;
            checkQuorum();
        }
    }

    // ---- proposals ----

    @Override
    void propose(long proposalId, List<Payload> commands) {
        core.receipt(accept(proposalId, commands));
    }

    @Override
    void onProposeRequest(ProposeRequest request) {
        ProposeReceipt receipt = accept(request.proposalId(), request.commands());
        core.send(new ProposeResponse(core.self(), request.from(), core.term(), receipt));
    }

    private ProposeReceipt accept(long proposalId, List<Payload> commands) {
        if (core.uncommittedBytes() >= core.options().uncommittedBytesMax()) {
            return new ProposeReceipt(proposalId, Refusal.OVERLOADED, 0, 0);
        }
        long firstIndex = core.lastIndex() + 1;
        commands.forEach(command -> append(Entry.Kind.COMMAND, command));
        return new ProposeReceipt(proposalId, Refusal.NONE, firstIndex, core.term());
    }

    private void append(Entry.Kind kind, Payload data) {
        core.log().append(new Entry(core.lastIndex() + 1, core.term(), kind, core.stampMillis(), data));
    }

    // ---- replication ----

    @Override
    boolean hasOutput() {
        if (heartbeatDue || reads.hasArrived() && ownTermCommitted()) {
            return true;
        }
        return followers.values().stream().anyMatch(this::isBehind);
    }

    private boolean isBehind(Progress follower) {
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
        heartbeatDue = false;
    }

    private void replicate(MemberId member, Progress follower) {
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
                core.termAt(prevIndex),
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
        // The follower may have moved meanwhile, and an earlier leadership may have asked: send only what still fits.
        boolean fits = !entries.isEmpty()
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
        long reached = core.voters().reached(member -> matchIndex(member).orElse(0L));
        if (reached > core.commitIndex() && core.termAt(reached) == core.term()) {
            core.commit(reached);
        }
    }

    // ---- staying leader ----

    private void heartbeat() {
        heartbeatElapsedTicks = 0;
        heartbeatDue = true;
        round++;
        followers.values().forEach(Progress::heartbeat);
    }

    /** A leader that no majority answers gives up, so that its clients need not wait for ever (Diss. §6.2). */
    private void checkQuorum() {
        Map<MemberId, Boolean> active = new TreeMap<>();
        followers.forEach((member, follower) -> active.put(member, follower.takeRecentlyActive()));
        active.put(core.self(), true);
        if (!core.voters().reachedBy(active::get)) {
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
        long confirmed = core.voters().reached(member -> {
            Progress follower = followers.get(member);
            return follower == null ? round : follower.confirmedRound();
        });
        reads.confirmed(confirmed, served -> served.reads().forEach(read -> answer(read, true, served.readIndex())));
    }

    private void answer(PendingReads.Read read, boolean granted, long readIndex) {
        if (read.reader().equals(core.self())) {
            core.grant(new ReadGrant(read.readId(), granted, readIndex));
        } else {
            core.send(new ReadResponse(core.self(), read.reader(), core.term(), read.readId(), granted, readIndex));
        }
    }
}
