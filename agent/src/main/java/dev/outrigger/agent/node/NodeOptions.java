package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a node needs to know before it starts.
 *
 * @param clusterName name of the cluster
 * @param self this member
 * @param initialMembers the first members and where their agents listen, {@code host:port}
 * @param electionTimeout a follower campaigns after hearing nothing for one to two of these
 * @param heartbeat how often a leader lets itself be heard at least
 * @param syncedToDisk false when durability is set to memory
 * @param version version of this agent
 * @param zone where this member runs, for people and placement
 * @param priority how gladly this member should lead, 0 to 100; higher is better
 * @param snapshots when they are taken, and how fast
 * @param sessionTimeToLive time without use after which a session ends that is opened through this agent, unless its client
 *     says otherwise; from one second to seven days
 * @param limits bounds of the queues
 */
public record NodeOptions(
        String clusterName,
        MemberId self,
        SortedMap<MemberId, String> initialMembers,
        Duration electionTimeout,
        Duration heartbeat,
        boolean syncedToDisk,
        String version,
        Optional<String> zone,
        int priority,
        SnapshotOptions snapshots,
        Duration sessionTimeToLive,
        Limits limits) {
    private static final Duration APP_PATIENCE_MIN = Duration.ofSeconds(2);

    /**
     * @param logBytesMin bytes of log behind the last snapshot from which on another one may be taken
     * @param tailBytes bytes of log kept before a snapshot, for followers that are a little slow
     * @param bytesPerSecond at most so fast snapshots are taken, and at most so fast they are sent
     */
    public record SnapshotOptions(long logBytesMin, long tailBytes, long bytesPerSecond) {
        public static final SnapshotOptions DEFAULT = new SnapshotOptions(128L << 20, 64L << 20, 64L << 20);
    }

    /** The members as they are compared between agents: {@code name=host:port}, sorted. */
    public List<String> memberList() {
        return initialMembers.entrySet().stream()
                .map(member -> member.getKey() + "=" + member.getValue())
                .toList();
    }

    /**
     * How long an application may be away or stuck before another member should lead: two election timeouts, which an
     * election costs at worst, and at least long enough for an application to restart in.
     */
    public Duration appPatience() {
        Duration twoTimeouts = electionTimeout.multipliedBy(2);
        return twoTimeouts.compareTo(APP_PATIENCE_MIN) < 0 ? APP_PATIENCE_MIN : twoTimeouts;
    }

    /** One tick: fine enough for heartbeats, coarse enough to cost nothing. */
    public long tickMillis() {
        return Math.max(1, heartbeat.toMillis() / 5);
    }

    /**
     * @param pendingCommandsMax commands that wait here for their answers; at the limit: 429
     * @param pendingBytesMax bytes of those commands; at the limit: 429
     * @param proposalBytesMax bytes of commands that are proposed together
     * @param proposalCommandsMax commands that are proposed together
     * @param waitingReadsMax reads that wait here; at the limit: 429
     * @param shutdownGrace how long a stopping agent waits for commands under way
     */
    public record Limits(
            int pendingCommandsMax,
            long pendingBytesMax,
            int proposalBytesMax,
            int proposalCommandsMax,
            int waitingReadsMax,
            Duration shutdownGrace) {
        public static final Limits DEFAULT =
                new Limits(65_536, 64L << 20, 1 << 20, 4096, 65_536, Duration.ofSeconds(5));
    }
}
