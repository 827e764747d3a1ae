package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;

/** What an operator wants to become of one member. */
public sealed interface MembersOrder {
    /** Which one. */
    MemberId name();

    /**
     * It becomes a member, or gets another address or standing.
     *
     * @param peer where the other members reach it, {@code host:port}
     * @param voter whether it shall vote, once it has caught up; else it only receives the log
     */
    record Add(MemberId name, String peer, boolean voter) implements MembersOrder {}

    /** It is a member no longer. */
    record Remove(MemberId name) implements MembersOrder {}

    /** Its disk is gone: the empty one that its agent has now takes the old one's place. */
    record Replace(MemberId name) implements MembersOrder {}
}
