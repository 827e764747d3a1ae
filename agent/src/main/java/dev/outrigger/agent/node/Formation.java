package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.peer.Admission;
import dev.outrigger.agent.peer.Admission.Admitted;
import dev.outrigger.agent.peer.Admission.Meeting;
import dev.outrigger.agent.peer.Admission.Refused;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.wire.Hello;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Decides which cluster this disk belongs to, once and for ever, and who may talk to it.
 *
 * <p>A cluster is formed only when every listed member has greeted, lists the same members and belongs to no cluster yet;
 * the first by name makes the id and writes down everybody's storage id. The others join when they are greeted by a
 * member whose record of the cluster names their very disk. A disk that the record does not name is not that member,
 * whatever its name: it can never vote twice.
 */
final class Formation {
    private final String clusterName;
    private final MemberId self;
    private final String storageId;
    private final List<String> memberList;
    private final Map<MemberId, String> addresses;
    private final Map<MemberId, Hello> greeted = new TreeMap<>();
    private Optional<ClusterIdentity> cluster;

    Formation(NodeOptions options, String storageId, Optional<ClusterIdentity> cluster) {
        this.clusterName = options.clusterName();
        this.self = options.self();
        this.storageId = storageId;
        this.memberList = options.memberList();
        this.addresses = options.initialMembers();
        this.cluster = cluster;
    }

    Optional<ClusterIdentity> cluster() {
        return cluster;
    }

    /** The cluster has been formed or joined; what it is, is durable or about to be. */
    void decided(ClusterIdentity identity) {
        cluster = Optional.of(identity);
    }

    Admission admit(Hello remote) {
        if (!remote.clusterName().equals(clusterName)) {
            return new Refused(
                    "WRONG_CLUSTER",
                    remote.node() + " belongs to cluster '" + remote.clusterName() + "', this agent to '" + clusterName
                            + "'");
        }
        Admission admission = cluster.isPresent() ? admitMember(remote, cluster.get()) : meet(remote);
        if (!(admission instanceof Refused)) {
            greeted.put(remote.node(), remote);
        }
        return admission;
    }

    /** The cluster that this disk should now join or form, if the greetings so far allow one. */
    Optional<ClusterIdentity> proposal(String newClusterId) {
        if (cluster.isPresent()) {
            return Optional.empty();
        }
        Optional<ClusterIdentity> joined = greeted.values().stream()
                .flatMap(hello -> hello.cluster().stream())
                .filter(this::namesThisDisk)
                .findFirst();
        return joined.isPresent() ? joined : form(newClusterId);
    }

    /** Members whose greeting is still missing, while the cluster is not formed. */
    List<MemberId> missing() {
        return addresses.keySet().stream()
                .filter(member -> !member.equals(self) && !greeted.containsKey(member))
                .toList();
    }

    /** The cluster that a greeted member belongs to although its record names another disk under this member's name. */
    Optional<ClusterIdentity> foreignRecord() {
        return greeted.values().stream()
                .flatMap(hello -> hello.cluster().stream())
                .filter(identity -> !namesThisDisk(identity))
                .findFirst();
    }

    private Admission admitMember(Hello remote, ClusterIdentity ours) {
        Optional<ClusterIdentity.Member> known = ours.member(remote.node());
        if (known.isEmpty()) {
            return new Refused("UNKNOWN_MEMBER", remote.node() + " is not a member of cluster " + ours.clusterId());
        }
        if (remote.cluster().isPresent() && !remote.cluster().get().clusterId().equals(ours.clusterId())) {
            return new Refused(
                    "WRONG_CLUSTER",
                    remote.node() + " belongs to cluster id "
                            + remote.cluster().get().clusterId() + ", this agent to " + ours.clusterId());
        }
        if (!known.get().storageId().equals(remote.storageId())) {
            return new Refused(
                    "VOLUME_EMPTY",
                    remote.node() + " comes with disk " + remote.storageId() + ", but the member of that name has disk "
                            + known.get().storageId() + ": it may not vote in its place");
        }
        return remote.cluster().isPresent() ? new Admitted() : new Meeting();
    }

    private Admission meet(Hello remote) {
        if (remote.cluster().isPresent()) {
            return new Meeting();
        }
        if (!addresses.containsKey(remote.node())) {
            return new Refused("UNKNOWN_MEMBER", remote.node() + " is not among the members " + memberList);
        }
        if (!remote.initialMembers().equals(memberList)) {
            return new Refused(
                    "MEMBERS_DIFFER",
                    remote.node() + " lists the members " + remote.initialMembers() + ", this agent " + memberList);
        }
        return new Meeting();
    }

    private boolean namesThisDisk(ClusterIdentity identity) {
        return identity.member(self)
                .filter(member -> member.storageId().equals(storageId))
                .isPresent();
    }

    private Optional<ClusterIdentity> form(String newClusterId) {
        boolean firstByName = addresses.keySet().iterator().next().equals(self);
        boolean allEmpty =
                greeted.values().stream().allMatch(hello -> hello.cluster().isEmpty());
        if (!firstByName || !allEmpty || !missing().isEmpty()) {
            return Optional.empty();
        }
        List<ClusterIdentity.Member> members = new ArrayList<>();
        members.add(new ClusterIdentity.Member(self, addresses.getOrDefault(self, ""), storageId));
        greeted.forEach((member, hello) ->
                members.add(new ClusterIdentity.Member(member, addresses.getOrDefault(member, ""), hello.storageId())));
        return Optional.of(new ClusterIdentity(clusterName, newClusterId, members));
    }
}
