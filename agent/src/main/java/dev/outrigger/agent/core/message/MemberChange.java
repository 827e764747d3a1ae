package dev.outrigger.agent.core.message;

import java.util.Optional;

/**
 * What shall become of one member. A new voter is a learner first, until it has caught up; so is a voter that comes with
 * another disk than before.
 *
 * @param id which one
 * @param becomes what it is afterwards, under the same name; empty when it shall be no member any more
 */
public record MemberChange(MemberId id, Optional<Configuration.Member> becomes) {
    public static MemberChange put(Configuration.Member member) {
        return new MemberChange(member.id(), Optional.of(member));
    }

    public static MemberChange remove(MemberId id) {
        return new MemberChange(id, Optional.empty());
    }
}
