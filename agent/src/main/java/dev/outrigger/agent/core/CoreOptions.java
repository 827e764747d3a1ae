package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.MemberId;
import java.util.List;

/**
 * Fixed properties of one core.
 *
 * @param self this member, one of {@code voters}
 * @param voters all voting members
 * @param electionTicks a follower that hears nothing of a leader for this many ticks, up to twice as many by chance,
 *     campaigns; a leader that hears nothing of a majority for as long steps down
 * @param heartbeatTicks the leader lets itself be heard at least this often; well below {@code electionTicks}
 * @param appendEntriesMax entries per append request
 * @param appendBytesMax bytes of entries per append request, except that one entry always fits
 * @param inflightAppendsMax append requests on their way to one follower; at the limit it is paused
 * @param inflightBytesMax bytes of entries on their way to one follower; at the limit it is paused
 * @param uncommittedBytesMax bytes of entries not yet committed; at the limit proposals are refused as overloaded
 * @param tailBytesMax bytes of recent entries kept in memory; committed ones beyond it are read from disk when needed
 * @param pendingReadsMax reads waiting for the leader's confirmation; at the limit reads are refused
 */
public record CoreOptions(
        MemberId self,
        List<MemberId> voters,
        int electionTicks,
        int heartbeatTicks,
        int appendEntriesMax,
        int appendBytesMax,
        int inflightAppendsMax,
        long inflightBytesMax,
        long uncommittedBytesMax,
        long tailBytesMax,
        int pendingReadsMax) {

    public CoreOptions {
        voters = voters.stream().sorted().toList();
        require(voters.contains(self), "self must be a voter");
        require(voters.stream().distinct().count() == voters.size(), "voters must differ");
        require(heartbeatTicks >= 1, "heartbeatTicks must be at least 1");
        require(electionTicks > heartbeatTicks, "electionTicks must be more than heartbeatTicks");
        require(appendEntriesMax >= 1 && appendBytesMax >= 1, "appends must be able to carry an entry");
        require(inflightAppendsMax >= 1 && inflightBytesMax >= 1, "an append must be allowed in flight");
        require(uncommittedBytesMax <= tailBytesMax, "the uncommitted tail must fit in memory");
    }

    /** The defaults: 1 s and 100 ms at 20 ms a tick, 1 MiB and 4096 entries per append, 64 MiB tail. */
    public static CoreOptions of(MemberId self, List<MemberId> voters) {
        return new CoreOptions(self, voters, 50, 5, 4096, 1 << 20, 64, 16L << 20, 32L << 20, 64L << 20, 65_536);
    }

    /** The same with other timeouts. */
    public CoreOptions withTicks(int electionTicks, int heartbeatTicks) {
        return new CoreOptions(
                self,
                voters,
                electionTicks,
                heartbeatTicks,
                appendEntriesMax,
                appendBytesMax,
                inflightAppendsMax,
                inflightBytesMax,
                uncommittedBytesMax,
                tailBytesMax,
                pendingReadsMax);
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
