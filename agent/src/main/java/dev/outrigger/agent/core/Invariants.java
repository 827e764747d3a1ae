package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.MemberId;
import java.util.Optional;

/** What must hold around every input, checked in production too: cheap, and a wrong member must not go on. */
record Invariants(
        long term, Optional<MemberId> votedFor, RoleName role, long commitIndex, long durableIndex, long lastIndex) {

    static Invariants of(RaftCore core) {
        return new Invariants(
                core.term(), core.votedFor(), core.role(), core.commitIndex(), core.durableIndex(), core.lastIndex());
    }

    /** {@code before} and {@code after} surround one input. Paper Fig. 3 lists the properties these protect. */
    static void checkDelta(Invariants before, Invariants after) {
        check(after.term >= before.term, "the term went back", before, after);
        check(after.commitIndex >= before.commitIndex, "the commit index went back", before, after);
        check(after.commitIndex <= after.lastIndex, "committed past the end of the log", before, after);
        check(after.durableIndex <= after.lastIndex, "durable past the end of the log", before, after);
        boolean deliveredStays = after.durableIndex >= Math.min(before.commitIndex, before.durableIndex);
        check(deliveredStays, "an entry that may have been delivered was replaced", before, after);
        boolean mayVote = after.term > before.term || before.votedFor.isEmpty();
        check(mayVote || after.votedFor.equals(before.votedFor), "voted twice in one term (Paper §5.2)", before, after);
        boolean leads = before.role == RoleName.LEADER && after.role == RoleName.LEADER;
        check(!leads || after.lastIndex >= before.lastIndex, "a leader cut its log (Paper §5.3)", before, after);
    }

    /**
     * The steps that Paper Fig. 4 allows, with the pre-candidate between follower and candidate (Diss. §9.6), unless the leader
     * hands over (Diss. §3.10).
     */
    static void checkTransition(RoleName from, RoleName to) {
        boolean legal = switch (to) {
            case FOLLOWER -> true;
            case PRE_CANDIDATE -> from != RoleName.LEADER;
            case CANDIDATE -> from == RoleName.PRE_CANDIDATE || from == RoleName.FOLLOWER;
            case LEADER -> from == RoleName.CANDIDATE;
        };
        if (!legal) {
            throw new InvariantViolation("a " + from + " cannot become a " + to);
        }
    }

    private static void check(boolean holds, String rule, Invariants before, Invariants after) {
        if (!holds) {
            throw new InvariantViolation(rule + ": before " + before + ", after " + after);
        }
    }
}
