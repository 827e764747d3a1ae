package dev.outrigger.agent.node;

import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.ClusterIdentity.Committed;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who belongs to the cluster, as well as this agent can know: by the configuration in force in its own log, or, when it
 * was told of a committed one that its log has not reached, by that. What is committed is never taken back, so whoever
 * tells is believed; and a log that holds the entry knows better than the teller what came after it. On the event loop.
 */
final class Membership {
    private final ClusterIdentity formed;
    private final RaftCore core;
    private Committed committed;

    /** @param formed with a committed configuration, at least the first */
    Membership(ClusterIdentity formed, RaftCore core) {
        this.formed = formed;
        this.core = core;
        this.committed = formed.committed();
    }

    /** The cluster, with the latest configuration that is known to be committed. */
    ClusterIdentity identity() {
        return formed.with(committed);
    }

    /** The latest configuration that is known to be committed. */
    Committed committed() {
        return committed;
    }

    /** Somebody says that this is committed. */
    void learn(Committed told) {
        if (told.index() > committed.index() && !logHolds(told)) {
            committed = told;
        }
    }

    /** The log or its commit index has moved on. */
    void follow() {
        long index = core.configurationIndex();
        boolean decided = index <= core.commitIndex() && !core.configuration().isJoint();
        if (decided && index > committed.index()) {
            committed = new Committed(index, core.termAt(index), core.configuration());
        }
    }

    /** The configuration to go by. */
    Configuration configuration() {
        return logHolds(committed) ? core.configuration() : committed.configuration();
    }

    /** Whether a change is under way: the configuration in force is joint, or not known to be committed. */
    boolean isChanging() {
        return logHolds(committed)
                && (core.configuration().isJoint() || core.configurationIndex() > core.commitIndex());
    }

    /**
     * The member of this name; empty for a name that has none, and while its disk is being replaced. Who is being removed
     * stays a member until that is committed: it may lead until then.
     */
    Optional<Configuration.Member> find(MemberId name) {
        return Optional.ofNullable(all().get(name));
    }

    /** Everybody that {@link #find} finds, by name. */
    SortedMap<MemberId, Configuration.Member> all() {
        SortedMap<MemberId, Configuration.Member> all = new TreeMap<>();
        if (isChanging()) {
            Configuration before = core.configurationAt(core.configurationIndex() - 1);
            before.everybody().forEach(member -> all.put(member.id(), member));
            core.configuration().members().forEach(member -> all.remove(member.id()));
            core.configuration().next().forEach(member -> all.remove(member.id()));
        }
        configuration().everybody().forEach(member -> all.put(member.id(), member));
        return all;
    }

    @Override
    public String toString() {
        return all().values().stream()
                .map(member -> member.id() + "=" + member.peer() + " " + member.standing())
                .collect(Collectors.joining(", "));
    }

    /** Committed entries are the same everywhere, so the same term at the same index is the same entry. */
    private boolean logHolds(Committed told) {
        boolean covered = told.index() < core.firstIndex();
        return covered || told.index() <= core.lastIndex() && core.termAt(told.index()) == told.term();
    }
}
