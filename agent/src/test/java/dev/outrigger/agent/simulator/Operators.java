package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.ControlReceipt;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Those who change the cluster on purpose, wisely in safe seeds and otherwise as it comes. */
final class Operators {
    private final Simulation cluster;
    private final RandomGenerator random;
    private final Budget budget;
    private final TreeMap<MemberId, Integer> priorities = new TreeMap<>();

    Operators(Simulation cluster, Budget budget, RandomGenerator random) {
        this.cluster = cluster;
        this.budget = budget;
        this.random = random;
    }

    /** Does what {@code kind} says, if there is anybody to do it to. */
    void act(FaultKind kind) {
        switch (kind) {
            case ADD_LEARNER, ADD_VOTER, REMOVE, REMOVE_LEADER, REMOVE_DEAD, REPLACE_WIPED -> {
                MemberChange change = change(kind);
                if (change != null) {
                    request(kind, List.of(change));
                }
            }
            case SEVERAL_CHANGES -> several();
            case TRANSFER_TO, TRANSFER_ANY, TRANSFER_DEAD, TRANSFER_SELF -> transfer(kind);
            case SNAPSHOT_NOW -> {
                SimNode node = any(SimNode::isUp);
                if (node != null) {
                    hit(kind, node);
                    node.snapshotNow();
                }
            }
            case PRIORITY -> prefer();
            default -> throw new IllegalArgumentException(kind.name());
        }
    }

    private void hit(FaultKind kind, SimNode node) {
        cluster.watcher().coverage().fault(kind, node.role());
        cluster.note(kind, node);
    }

    private void several() {
        TreeMap<MemberId, MemberChange> changes = new TreeMap<>();
        FaultKind[] kinds = {
            FaultKind.ADD_LEARNER, FaultKind.ADD_VOTER, FaultKind.REMOVE, FaultKind.REMOVE_DEAD, FaultKind.REPLACE_WIPED
        };
        for (int i = 0; i < 4; i++) {
            MemberChange change = change(kinds[random.nextInt(kinds.length)]);
            if (change != null) {
                changes.put(change.id(), change);
            }
        }
        if (changes.size() > 1) {
            request(FaultKind.SEVERAL_CHANGES, List.copyOf(changes.values()));
        }
    }

    private @Nullable MemberChange change(FaultKind kind) {
        Configuration now = cluster.watcher().committedConfiguration();
        switch (kind) {
            case ADD_LEARNER, ADD_VOTER -> {
                Standing standing = kind == FaultKind.ADD_VOTER ? Standing.VOTER : Standing.LEARNER;
                SimNode spare = any(node -> node.isUp() && !isMember(now, node));
                if (spare == null || isNamed(now, spare)) {
                    return null;
                }
                return MemberChange.put(member(spare, standing));
            }
            case REPLACE_WIPED -> {
                SimNode fresh = any(node -> node.isUp() && isNamed(now, node) && !isMember(now, node));
                return fresh == null ? null : MemberChange.put(member(fresh, Standing.VOTER));
            }
            case REMOVE_LEADER -> {
                SimNode leader = any(node -> node.isLeader() && isNamed(now, node));
                return leader == null ? null : MemberChange.remove(leader.id);
            }
            case REMOVE_DEAD -> {
                SimNode dead = any(node -> !node.isUp() && isNamed(now, node));
                return dead == null ? null : MemberChange.remove(dead.id);
            }
            default -> {
                SimNode member = any(node -> isNamed(now, node));
                return member == null ? null : MemberChange.remove(member.id);
            }
        }
    }

    static Member member(SimNode node, Standing standing) {
        return new Member(node.id, node.storageId(), node.id.name() + ":7000", standing);
    }

    private static boolean isNamed(Configuration configuration, SimNode node) {
        return configuration.members().stream().anyMatch(member -> member.id().equals(node.id))
                || configuration.next().stream().anyMatch(member -> member.id().equals(node.id));
    }

    private static boolean isMember(Configuration configuration, SimNode node) {
        return configuration
                .find(node.id)
                .filter(member -> member.storageId().equals(node.storageId()))
                .isPresent();
    }

    private void request(FaultKind kind, List<MemberChange> changes) {
        SimNode asked = random.nextInt(3) == 0 ? any(SimNode::isUp) : any(SimNode::isLeader);
        if (asked != null && request(asked, changes)) {
            SimNode target = cluster.nodes().get(Simulation.rank(changes.get(0).id()));
            cluster.watcher()
                    .coverage()
                    .fault(kind, kind == FaultKind.REMOVE || kind == FaultKind.REMOVE_LEADER ? target.role() : null);
            cluster.note(kind, target);
            if (kind == FaultKind.REPLACE_WIPED) {
                cluster.watcher().coverage().met(Coverage.Sometimes.MEMBER_REPLACED);
            }
        }
    }

    /** Asks this member for these changes, unless that would be unwise in a seed that has to live. */
    boolean request(SimNode asked, List<MemberChange> changes) {
        Optional<Configuration> result = apply(cluster.watcher().committedConfiguration(), changes);
        if (cluster.swarm().keepsBudget()) {
            if (result.isEmpty()) {
                return false;
            }
            for (Configuration possible : budget.possible()) {
                Optional<Configuration> then = apply(possible, changes);
                if (then.isPresent() && !budget.maySet(then.get())) {
                    return false;
                }
            }
            result.ifPresent(budget::asked);
        }
        asked.control(new Control.ChangeMembers(changes));
        return true;
    }

    private static Optional<Configuration> apply(Configuration configuration, List<MemberChange> changes) {
        TreeMap<MemberId, Member> members = new TreeMap<>();
        configuration.afterChange().members().forEach(member -> members.put(member.id(), member));
        for (MemberChange change : changes) {
            members.remove(change.id());
            change.becomes().ifPresent(member -> members.put(member.id(), member));
        }
        return members.values().stream().anyMatch(Member::votes)
                ? Optional.of(Configuration.stable(List.copyOf(members.values())))
                : Optional.empty();
    }

    private void transfer(FaultKind kind) {
        SimNode asked = random.nextInt(4) == 0 ? any(SimNode::isUp) : any(SimNode::isLeader);
        if (asked == null) {
            return;
        }
        SimNode target = switch (kind) {
            case TRANSFER_SELF -> any(SimNode::isLeader);
            case TRANSFER_DEAD -> any(node -> !node.isUp());
            case TRANSFER_TO -> any(node -> true);
            default -> asked;
        };
        if (target == null) {
            return;
        }
        hit(kind, target);
        Optional<MemberId> to = kind == FaultKind.TRANSFER_ANY ? Optional.empty() : Optional.of(target.id);
        asked.control(new Control.Transfer(to));
    }

    private void prefer() {
        SimNode preferred = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        int priority = random.nextInt(3);
        hit(FaultKind.PRIORITY, preferred);
        priorities.put(preferred.id, priority);
        for (SimNode node : cluster.nodes()) {
            node.priority(preferred.id, priority);
        }
    }

    /** Whoever starts hears of it all: members that prefer different ones would hand over for ever. */
    void tellPriorities(SimNode node) {
        priorities.forEach(node::priority);
    }

    void answered(ControlReceipt receipt) {
        Coverage coverage = cluster.watcher().coverage();
        switch (receipt.verdict()) {
            case ACCEPTED ->
                coverage.met(
                        receipt.index() > 0
                                ? Coverage.Sometimes.CHANGE_ACCEPTED
                                : Coverage.Sometimes.TRANSFER_ACCEPTED);
            case PENDING -> coverage.met(Coverage.Sometimes.CHANGE_REFUSED_PENDING);
            case INVALID -> coverage.met(Coverage.Sometimes.CHANGE_REFUSED_INVALID);
            case UNHEALTHY -> coverage.met(Coverage.Sometimes.CHANGE_REFUSED_UNHEALTHY);
            case NO_LEADER, NOT_LEADER -> {}
        }
    }

    private @Nullable SimNode any(Predicate<SimNode> condition) {
        List<SimNode> able = new ArrayList<>();
        for (SimNode node : cluster.nodes()) {
            if (condition.test(node)) {
                able.add(node);
            }
        }
        return able.isEmpty() ? null : able.get(random.nextInt(able.size()));
    }
}
