package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import java.util.List;

/**
 * Fixed properties of one core.
 *
 * @param self this member
 * @param storageId its disk: by a log or configuration that knows its name with another one it is not a member
 * @param formed the members the cluster was formed with: in force until the log or a snapshot says otherwise
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
 * @param chunkBytesMax bytes of a snapshot in one message; one such message is on its way to a follower at a time
 */
public record CoreOptions(
        MemberId self,
        String storageId,
        Configuration formed,
        int electionTicks,
        int heartbeatTicks,
        int appendEntriesMax,
        int appendBytesMax,
        int inflightAppendsMax,
        long inflightBytesMax,
        long uncommittedBytesMax,
        long tailBytesMax,
        int pendingReadsMax,
        int chunkBytesMax) {

    public CoreOptions {
        require(heartbeatTicks >= 1, "heartbeatTicks must be at least 1");
        require(electionTicks > heartbeatTicks, "electionTicks must be more than heartbeatTicks");
        require(appendEntriesMax >= 1 && appendBytesMax >= 1, "appends must be able to carry an entry");
        require(inflightAppendsMax >= 1 && inflightBytesMax >= 1, "an append must be allowed in flight");
        require(chunkBytesMax >= 1, "a chunk must be able to carry a byte");
        require(uncommittedBytesMax <= tailBytesMax, "the uncommitted tail must fit in memory");
    }

    /** The defaults: 1 s and 100 ms at 20 ms a tick, 1 MiB and 4096 entries per append, 64 MiB tail, 256 KiB chunks. */
    public static CoreOptions of(MemberId self, String storageId, Configuration formed) {
        return new CoreOptions(
                self, storageId, formed, 50, 5, 4096, 1 << 20, 64, 16L << 20, 32L << 20, 64L << 20, 65_536, 256 << 10);
    }

    /** The defaults for a cluster of which only the voters' names are known. */
    public static CoreOptions of(MemberId self, List<MemberId> voters) {
        return of(self, self.name(), Configuration.of(voters));
    }

    /** The same with other timeouts. */
    public CoreOptions withTicks(int electionTicks, int heartbeatTicks) {
        return new CoreOptions(
                self,
                storageId,
                formed,
                electionTicks,
                heartbeatTicks,
                appendEntriesMax,
                appendBytesMax,
                inflightAppendsMax,
                inflightBytesMax,
                uncommittedBytesMax,
                tailBytesMax,
                pendingReadsMax,
                chunkBytesMax);
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
