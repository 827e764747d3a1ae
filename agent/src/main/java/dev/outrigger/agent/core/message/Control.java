package dev.outrigger.agent.core.message;

import java.util.List;
import java.util.Optional;

/** What an operator asks of the leader. */
public sealed interface Control {
    /**
     * Hand the leadership over (Diss. §3.10).
     *
     * @param to the voter that shall lead; empty: the leader chooses
     */
    record Transfer(Optional<MemberId> to) implements Control {}

    /**
     * Change who belongs to the cluster, all of it or nothing (Paper §6).
     *
     * @param changes at least one
     */
    record ChangeMembers(List<MemberChange> changes) implements Control {
        public ChangeMembers {
            changes = List.copyOf(changes);
        }
    }
}
