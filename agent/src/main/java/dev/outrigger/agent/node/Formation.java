package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Configuration;
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
import java.util.stream.Stream;

/**
 * Decides which cluster this disk belongs to, once and for ever, and who may talk to it.
 *
 * <p>A cluster is formed only when every listed member has greeted, lists the same members and has a disk that was never
 * used: one that was damaged and emptied belongs to a cluster, even if nobody remembers to which;
 * the first by name makes the id and writes down everybody's storage id. Whoever else joins, then or years later, does so
 * when it is greeted by a member that knows a committed configuration which names its very disk. A disk that no
 * configuration names is no member, whatever its name: it can never vote twice.
 *
 * <p>Once this disk belongs to a cluster, it talks to those whom its {@link Membership} names, name and disk both. Who
 * greets with a committed configuration that this agent's log has not reached is believed first: so an agent that is
 * behind hears a leader that was added meanwhile, and a disk that was replaced stays out everywhere, for whoever knows of
 * the replacement has the entry that named the older disk.
 */
final class Formation {
    /** The refusal of somebody whom a committed configuration has left out. */
    static final String REMOVED = "REMOVED";

    private final String clusterName;
    private final MemberId self;
    private final String storageId;
    private final boolean blank;
    private final Optional<String> rejoins;
    private final List<String> memberList;
    private final Map<MemberId, String> addresses;
    private final Map<MemberId, Hello> greeted = new TreeMap<>();
    private final Strangers strangers = new Strangers(System::nanoTime);
    private Optional<Membership> membership = Optional.empty();

    /**
     * @param storageId this agent's disk
     * @param blank whether it holds neither entries nor a snapshot
     * @param rejoins as in {@link Hello}
     */
    Formation(NodeOptions options, String storageId, boolean blank, Optional<String> rejoins) {
        this.clusterName = options.clusterName();
        this.self = options.self();
        this.storageId = storageId;
        this.blank = blank;
        this.rejoins = rejoins;
        this.memberList = options.memberList();
        this.addresses = options.initialMembers();
    }

    Optional<ClusterIdentity> cluster() {
        return membership.map(Membership::identity);
    }

    /** The cluster has been formed or joined, and that is durable. */
    void joined(Membership members) {
        membership = Optional.of(members);
    }

    /** Who belongs to the cluster; empty until it has been formed or joined. */
    Optional<Membership> membership() {
        return membership;
    }

    /** The greeting of an agent that would be the member {@code name}, but that the configuration does not name. */
    Optional<Hello> met(MemberId name) {
        return strangers.find(name);
    }

    /** The same, with how long it has knocked. */
    Optional<Strangers.Met> knocking(MemberId name) {
        return strangers.knocking(name);
    }

    Admission admit(Hello remote) {
        if (!remote.clusterName().equals(clusterName)) {
            return new Refused(
                    "WRONG_CLUSTER",
                    remote.node() + " belongs to cluster '" + remote.clusterName() + "', this agent to '" + clusterName
                            + "'");
        }
        if (membership.isPresent()) {
            return admitMember(remote, membership.get());
        }
        Admission admission = meet(remote);
        // Whoever it does not know from its list is of interest only for letting it in; others could be any number.
        boolean ofInterest = addresses.containsKey(remote.node())
                || remote.cluster().filter(this::namesThisDisk).isPresent();
        if (!(admission instanceof Refused) && ofInterest) {
            greeted.put(remote.node(), remote);
        }
        return admission;
    }

    /** The cluster that this disk should now join or form, if the greetings so far allow one. */
    Optional<ClusterIdentity> proposal(String newClusterId) {
        if (membership.isPresent()) {
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

    /** Members whose disks were used before, though they name no cluster: none is formed with them. This agent's own too. */
    List<MemberId> used() {
        Stream<MemberId> here = blank && rejoins.isEmpty() ? Stream.of() : Stream.of(self);
        Stream<MemberId> there = greeted.values().stream()
                .filter(hello -> hello.cluster().isEmpty() && !hello.isUnused())
                .map(Hello::node);
        return Stream.concat(here, there).sorted().toList();
    }

    /** The cluster that a greeted member belongs to, although its configuration does not name this disk. */
    Optional<ClusterIdentity> foreignRecord() {
        return greeted.values().stream()
                .flatMap(hello -> hello.cluster().stream())
                .filter(identity -> !namesThisDisk(identity))
                .findFirst();
    }

    private Admission admitMember(Hello remote, Membership members) {
        String clusterId = members.identity().clusterId();
        if (remote.cluster().isPresent() && !remote.cluster().get().clusterId().equals(clusterId)) {
            return new Refused(
                    "WRONG_CLUSTER",
                    remote.node() + " belongs to cluster id "
                            + remote.cluster().get().clusterId() + ", this agent to " + clusterId);
        }
        remote.cluster().ifPresent(theirs -> members.learn(theirs.committed()));
        Optional<Configuration.Member> known = members.find(remote.node());
        if (known.isPresent() && known.get().storageId().equals(remote.storageId())) {
            return remote.cluster().isPresent() ? new Admitted() : new Meeting();
        }
        strangers.remember(remote);
        if (known.isPresent()) {
            return new Refused(
                    "VOLUME_EMPTY",
                    remote.node() + " comes with disk " + remote.storageId() + ", but the member of that name has disk "
                            + known.get().storageId() + ": it may not vote in its place");
        }
        return remote.cluster().isPresent()
                ? new Refused(REMOVED, remote.node() + " is not a member of cluster " + clusterId + " any more")
                : new Refused("UNKNOWN_MEMBER", remote.node() + " is not a member of cluster " + clusterId + " yet");
    }

    private Admission meet(Hello remote) {
        if (remote.cluster().isPresent()) {
            return mayJoin(remote.cluster().get())
                    ? new Meeting()
                    : new Refused(
                            "WRONG_CLUSTER",
                            remote.node() + " belongs to cluster id "
                                    + remote.cluster().get().clusterId() + ", the disk of this agent to "
                                    + rejoins.orElse(""));
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
        return identity.committed().names(self, storageId);
    }

    private boolean mayJoin(ClusterIdentity identity) {
        return rejoins.filter(clusterId -> !clusterId.isEmpty())
                .map(clusterId -> clusterId.equals(identity.clusterId()))
                .orElse(true);
    }

    private Optional<ClusterIdentity> form(String newClusterId) {
        boolean firstByName = addresses.keySet().iterator().next().equals(self);
        boolean allUnused =
                blank && rejoins.isEmpty() && greeted.values().stream().allMatch(Hello::isUnused);
        if (!firstByName || !allUnused || !missing().isEmpty()) {
            return Optional.empty();
        }
        List<ClusterIdentity.Member> members = new ArrayList<>();
        members.add(new ClusterIdentity.Member(self, addresses.getOrDefault(self, ""), storageId));
        greeted.forEach((member, hello) ->
                members.add(new ClusterIdentity.Member(member, addresses.getOrDefault(member, ""), hello.storageId())));
        return Optional.of(new ClusterIdentity(clusterName, newClusterId, members));
    }
}
