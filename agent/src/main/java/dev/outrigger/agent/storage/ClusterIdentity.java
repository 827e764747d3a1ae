package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import java.util.List;
import java.util.Optional;

/**
 * A cluster as it was formed: its id and exactly which disks were its first members, which is what its log begins with. A
 * member is name + storage id, so that an emptied disk under a known name can never vote in its place. Besides, a
 * configuration that is known to be committed: on disk the one that made this disk a member.
 *
 * @param clusterName the name from the settings
 * @param clusterId made once, when the cluster was formed
 * @param members the first members, ordered by name
 * @param committed a later configuration of the same cluster, or the first
 */
public record ClusterIdentity(String clusterName, String clusterId, List<Member> members, Committed committed) {
    public ClusterIdentity {
        members =
                members.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }

    /** As it was formed. Throws {@link IllegalArgumentException} when the members are none of a configuration. */
    public ClusterIdentity(String clusterName, String clusterId, List<Member> members) {
        this(clusterName, clusterId, members, new Committed(0, 0, formed(members)));
    }

    /**
     * @param name the member's name
     * @param peer where other agents reach it, {@code host:port}
     * @param storageId identity of its disk
     */
    public record Member(MemberId name, String peer, String storageId) {}

    /**
     * A configuration that will never be taken back.
     *
     * @param index index of its entry, 0 for the first
     * @param term term of its entry, 0 for the first
     * @param configuration not joint
     */
    public record Committed(long index, long term, Configuration configuration) {
        public Committed {
            if (configuration.isJoint()) {
                throw new IllegalArgumentException("a joint configuration is not the end of a change");
            }
        }

        /** Whether it names this very disk under this name. */
        public boolean names(MemberId name, String storageId) {
            return configuration
                    .find(name)
                    .filter(member -> member.storageId().equals(storageId))
                    .isPresent();
        }
    }

    /** The configuration that the log begins with. */
    public Configuration formed() {
        return formed(members);
    }

    public ClusterIdentity with(Committed other) {
        return new ClusterIdentity(clusterName, clusterId, members, other);
    }

    /** The first member of this name, if there is one. */
    public Optional<Member> member(MemberId name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    private static Configuration formed(List<Member> members) {
        return Configuration.stable(members.stream()
                .map(member -> new Configuration.Member(
                        member.name(), member.storageId(), member.peer(), Configuration.Standing.VOTER))
                .toList());
    }
}
