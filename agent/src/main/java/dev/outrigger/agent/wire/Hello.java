package dev.outrigger.agent.wire;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.ClusterIdentity;
import java.util.List;
import java.util.Optional;

/**
 * What two agents tell each other before anything else. Texts are at most {@link HelloCodec#TEXT_BYTES_MAX} bytes without
 * control characters, or the greeting cannot be sent.
 *
 * @param clusterName name of the cluster as set by the user
 * @param node the sender's name
 * @param storageId identity of the sender's disk
 * @param bootEpoch how often the sender has started on that disk
 * @param initialMembers the first members as the sender's settings list them, {@code name=host:port}, sorted
 * @param cluster the cluster that the sender's disk belongs to, with the latest configuration that the sender knows to be
 *     committed; empty while it belongs to none
 * @param version version of the sender's agent
 * @param zone the sender's zone, empty when not set
 * @param priority how gladly the sender should lead, 0 to 255; higher is better
 * @param blank whether the sender's disk holds neither entries nor a snapshot
 * @param rejoins present when what was on the sender's disk before was damaged: the id of the cluster that it belonged to,
 *     or an empty text when that is not known. No new cluster may be formed with such a disk
 */
public record Hello(
        String clusterName,
        MemberId node,
        String storageId,
        long bootEpoch,
        List<String> initialMembers,
        Optional<ClusterIdentity> cluster,
        String version,
        String zone,
        int priority,
        boolean blank,
        Optional<String> rejoins) {
    public Hello {
        initialMembers = List.copyOf(initialMembers);
        if (priority < 0 || priority > 255) {
            throw new IllegalArgumentException("a priority of " + priority);
        }
    }

    /** Whether its disk was never used: what a new cluster may be formed of. */
    public boolean isUnused() {
        return blank && cluster.isEmpty() && rejoins.isEmpty();
    }
}
