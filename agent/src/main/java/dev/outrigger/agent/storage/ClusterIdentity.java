package dev.outrigger.agent.storage;

import dev.outrigger.agent.core.message.MemberId;
import java.util.List;
import java.util.Optional;

/**
 * A cluster as it was formed: its id and exactly which disks are its members. A member is name + storage id, so that an
 * emptied disk under a known name can never vote in its place.
 *
 * @param clusterName the name from the settings
 * @param clusterId made once, when the cluster was formed
 * @param members the members, ordered by name
 */
public record ClusterIdentity(String clusterName, String clusterId, List<Member> members) {
    public ClusterIdentity {
        members =
                members.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }

    /**
     * @param name the member's name
     * @param peer where other agents reach it, {@code host:port}
     * @param storageId identity of its disk
     */
    public record Member(MemberId name, String peer, String storageId) {}

    /** The member of this name, if there is one. */
    public Optional<Member> member(MemberId name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }
}
