package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Message.AppendResponse;
import dev.outrigger.agent.core.message.Message.VoteRequest;
import dev.outrigger.agent.core.message.Message.VoteResponse;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.core.message.ReadGrant;
import dev.outrigger.agent.core.message.Ready;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Watches a whole cluster from outside, over all restarts, and throws when a promise is broken: the properties of the
 * Paper's Fig. 3, and what {@link Ready} and the receipts promise. Told of everything that leaves a core.
 */
final class Safety {
    private final List<Member> members;
    private final Map<Long, MemberId> leaders = new HashMap<>();
    private final Map<Ballot, MemberId> votes = new HashMap<>();
    /** For each entry that ever was in a log, a hash of it and all before it. */
    private final Map<EntryId, Long> chains = new HashMap<>();
    /** Each member's log as those hashes. */
    private final Map<Member, List<Long>> logs = new HashMap<>();

    private final Map<Payload, EntryId> placed = new HashMap<>();
    private final Map<Long, List<Payload>> proposals = new HashMap<>();
    private final Set<Payload> refused = new HashSet<>();
    private final Map<Long, Long> committedWhenAsked = new HashMap<>();
    /** Term of each entry that any member has ever known to be committed. */
    private final List<Long> committed = new ArrayList<>();

    private final Map<Member, Long> checked = new HashMap<>();
    private final Map<Member, Long> delivered = new HashMap<>();

    Safety(List<Member> members) {
        this.members = members;
        members.forEach(member -> logs.put(member, new ArrayList<>()));
    }

    // ---- what clients do ----

    void proposed(long proposalId, List<Payload> commands) {
        proposals.put(proposalId, commands);
    }

    void asked(long readId) {
        committedWhenAsked.put(readId, (long) committed.size());
    }

    /** Whether one of this proposal's commands is known to be committed. */
    boolean isCommitted(long proposalId) {
        EntryId id = placed.get(known(proposals, proposalId).get(0));
        return id != null && id.index <= committed.size() && committed.get((int) id.index - 1) == id.term;
    }

    // ---- what leaves a core ----

    void handedOut(Member member, Ready ready) {
        ready.appends().forEach(entry -> appended(member, entry));
        ready.receipts().forEach(this::received);
        ready.reads().forEach(this::granted);
    }

    private void appended(Member member, Entry entry) {
        List<Long> log = known(logs, member);
        log.subList((int) entry.index() - 1, log.size()).clear();
        long before = log.isEmpty() ? 0 : log.get(log.size() - 1);
        long chain = 31 * (31 * before + entry.term()) + entry.data().hashCode();
        log.add(chain);
        EntryId id = new EntryId(entry.index(), entry.term());
        Long same = chains.putIfAbsent(id, chain);
        require(same == null || same == chain, () -> "log matching: two logs differ up to " + id);
        if (entry.kind() == Entry.Kind.COMMAND) {
            EntryId other = placed.putIfAbsent(entry.data(), id);
            require(other == null || other.equals(id), () -> "one command is at " + other + " and at " + id);
            require(!refused.contains(entry.data()), () -> "a command that was refused is at " + id);
        }
    }

    private void received(ProposeReceipt receipt) {
        List<Payload> commands = known(proposals, receipt.proposalId());
        for (int i = 0; i < commands.size(); i++) {
            Payload command = commands.get(i);
            if (receipt.appended()) {
                // It may have been replaced before it was handed out; then it must not turn up anywhere else either.
                EntryId claimed = new EntryId(receipt.firstIndex() + i, receipt.entryTerm());
                EntryId at = placed.putIfAbsent(command, claimed);
                require(
                        at == null || at.equals(claimed),
                        () -> "a receipt tells of " + claimed + ", but it is at " + at);
            } else {
                require(!placed.containsKey(command), () -> "a command was refused, but is at " + placed.get(command));
                refused.add(command);
            }
        }
    }

    private void granted(ReadGrant grant) {
        long known = known(committedWhenAsked, grant.readId());
        require(
                !grant.granted() || grant.readIndex() >= known,
                () -> "a read at " + grant.readIndex() + ", but " + known + " was committed when it was asked for");
    }

    void sent(Member sender, Message message) {
        switch (message.kind()) {
            case VOTE_REQUEST -> asksForVote(sender, (VoteRequest) message);
            case VOTE_RESPONSE -> votes(sender, (VoteResponse) message);
            case APPEND_RESPONSE -> acknowledges(sender, (AppendResponse) message);
            default -> {}
        }
    }

    private void asksForVote(Member candidate, VoteRequest request) {
        if (!request.preVote()) {
            vote(candidate, request.term(), request.from());
        }
    }

    private void votes(Member voter, VoteResponse response) {
        if (!response.preVote() && response.granted()) {
            vote(voter, response.term(), response.to());
        }
    }

    private void vote(Member voter, long term, MemberId candidate) {
        Ballot ballot = new Ballot(term, voter.core().self());
        MemberId other = votes.putIfAbsent(ballot, candidate);
        require(
                other == null || other.equals(candidate),
                () -> "two votes: " + ballot + " for " + other + ", " + candidate);
        require(hasDurably(voter, term, candidate), () -> "a vote left before it was durable: " + ballot);
    }

    private static boolean hasDurably(Member voter, long term, MemberId candidate) {
        HardState durable = voter.disk().hardState();
        return durable.term() > term || durable.equals(new HardState(term, Optional.of(candidate)));
    }

    private static void acknowledges(Member sender, AppendResponse response) {
        require(
                response.matchIndex() <= sender.disk().lastIndex(),
                () -> "acknowledged before it was durable: " + response);
    }

    // ---- the state of a core ----

    void restarted(Member member) {
        known(logs, member).clear();
        checked.remove(member);
        member.disk().read(1, Integer.MAX_VALUE).forEach(entry -> appended(member, entry));
        for (long index = 1; index <= delivered.getOrDefault(member, 0L); index++) {
            long at = index;
            require(member.disk().holds(at, committed.get((int) at - 1)), () -> "a restart lost delivered entry " + at);
        }
    }

    /** Checks a member after any input. */
    void check(Member member) {
        RaftCore core = member.core();
        if (core.role() == RoleName.LEADER) {
            leads(member, core);
        }
        for (long index = checked.getOrDefault(member, 0L) + 1; index <= core.commitIndex(); index++) {
            commits(core, index);
        }
        checked.put(member, core.commitIndex());
        long delivers = delivered.merge(member, core.deliverableIndex(), Math::max);
        require(delivers <= member.disk().lastIndex(), () -> "delivered before it was durable: " + Prose.state(core));
    }

    private void leads(Member member, RaftCore core) {
        MemberId leader = leaders.putIfAbsent(core.term(), core.self());
        require(leader == null || leader.equals(core.self()), () -> "election safety: two leaders in " + core.term());
        if (leader == null) {
            boolean voted = hasDurably(member, core.term(), core.self());
            require(voted, () -> "leads before its own vote is durable: " + Prose.state(core));
            for (int index = 1; index <= committed.size(); index++) {
                boolean has = index <= core.lastIndex() && core.termAt(index) == committed.get(index - 1);
                require(has, () -> "leader completeness: new leader lacks committed entries, " + Prose.state(core));
            }
        }
    }

    private void commits(RaftCore core, long index) {
        long term = core.termAt(index);
        if (index > committed.size()) {
            committed.add(term);
            long holding = members.stream()
                    .filter(member -> member.disk().holds(index, term))
                    .count();
            require(
                    2 * holding > members.size(),
                    () -> "committed without a durable majority: " + index + ", " + Prose.state(core));
        }
        require(
                committed.get((int) index - 1) == term,
                () -> "state machine safety: committed " + index + "@" + term + " and @"
                        + committed.get((int) index - 1));
    }

    private static <K, V> V known(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key), () -> "never heard of " + key);
    }

    private static void require(boolean holds, Supplier<String> rule) {
        if (!holds) {
            throw new AssertionError(rule.get());
        }
    }

    private record EntryId(long index, long term) {}

    private record Ballot(long term, MemberId voter) {}
}
