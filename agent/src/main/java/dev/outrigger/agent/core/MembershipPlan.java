package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberChange;
import dev.outrigger.agent.core.message.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** From a stable configuration and what an operator wants to the configuration that comes next (Paper §6). */
final class MembershipPlan {
    private MembershipPlan() {}

    /**
     * The members as they shall be; empty when that makes no sense: an unknown member removed, one member changed twice, or
     * nobody left to vote.
     */
    static Optional<List<Member>> target(Configuration current, List<MemberChange> changes) {
        Map<MemberId, Member> members = new TreeMap<>();
        current.members().forEach(member -> members.put(member.id(), member));
        List<MemberId> touched = new ArrayList<>();
        for (MemberChange change : changes) {
            boolean unknown = change.becomes().isEmpty() && !members.containsKey(change.id());
            boolean renamed =
                    change.becomes().isPresent() && !change.becomes().get().id().equals(change.id());
            if (unknown || renamed || touched.contains(change.id())) {
                return Optional.empty();
            }
            touched.add(change.id());
            Optional<Member> before = Optional.ofNullable(members.remove(change.id()));
            change.becomes().ifPresent(wanted -> members.put(change.id(), admitted(before, wanted)));
        }
        boolean somebodyVotes = members.values().stream().anyMatch(Member::votes);
        return somebodyVotes ? Optional.of(List.copyOf(members.values())) : Optional.empty();
    }

    /** All learners in {@code ready} become voters. */
    static List<Member> promoted(Configuration current, List<MemberId> ready) {
        return current.members().stream()
                .map(member -> ready.contains(member.id()) ? member.with(Standing.VOTER) : member)
                .toList();
    }

    /** The next configuration on the way to {@code target}: joint when other disks vote then, else the target itself. */
    static Configuration towards(Configuration current, List<Member> target) {
        boolean sameVoters = voters(current.members()).equals(voters(target));
        return sameVoters ? Configuration.stable(target) : new Configuration(current.members(), target);
    }

    /** Nobody votes who has not caught up: only a voter on the same disk stays one. */
    private static Member admitted(Optional<Member> before, Member wanted) {
        boolean voted = before.isPresent()
                && before.get().votes()
                && before.get().storageId().equals(wanted.storageId());
        if (voted) {
            return wanted.with(wanted.standing() == Standing.LEARNER ? Standing.LEARNER : Standing.VOTER);
        }
        return wanted.votes() ? wanted.with(Standing.JOINING) : wanted;
    }

    private static Map<MemberId, String> voters(List<Member> members) {
        Map<MemberId, String> voters = new TreeMap<>();
        members.stream().filter(Member::votes).forEach(member -> voters.put(member.id(), member.storageId()));
        return voters;
    }
}
