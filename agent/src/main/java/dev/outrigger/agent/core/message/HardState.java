package dev.outrigger.agent.core.message;

import java.util.Optional;

/**
 * What a member must remember over a crash besides its log (Paper Fig. 2): no vote and no answer of a term leaves before
 * it is durable.
 *
 * @param term latest term seen, 0 before the first
 * @param votedFor who got this member's vote in {@code term}
 */
public record HardState(long term, Optional<MemberId> votedFor) {
    public static final HardState INITIAL = new HardState(0, Optional.empty());
}
