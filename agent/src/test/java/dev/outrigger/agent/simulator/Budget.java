package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much may be lost so that the cluster can still be asked to live: in every configuration that may be in force, now or
 * when what was asked for is done, a majority of voters keeps its disk.
 */
final class Budget {
    /** What operators have asked for may still be on its way. */
    private static final long PENDING_MICROS = 60_000_000;

    private final Simulation cluster;
    private final List<Asked> asked = new ArrayList<>();

    Budget(Simulation cluster) {
        this.cluster = cluster;
    }

    /** An operator has asked for a change that would end in {@code result}. */
    void asked(Configuration result) {
        asked.add(new Asked(cluster.timeline().nowMicros(), result));
    }

    /** Whether the disk of {@code node} may be lost. */
    boolean mayLose(SimNode node) {
        for (Configuration configuration : possible()) {
            if (!survives(configuration, node)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the cluster could live on with this configuration. */
    boolean maySet(Configuration configuration) {
        return survives(configuration, null) && survives(promoted(configuration), null);
    }

    /** Whether it can live now. */
    boolean isKept() {
        for (Configuration configuration : cluster.watcher().liveConfigurations(cluster.nodes())) {
            if (!survives(configuration, null)) {
                return false;
            }
        }
        return true;
    }

    private boolean survives(Configuration configuration, @Nullable SimNode without) {
        return Watcher.decided(configuration, member -> isIntact(member, without));
    }

    private boolean isIntact(Member member, @Nullable SimNode without) {
        SimNode node = cluster.nodes().get(Simulation.rank(member.id()));
        return node != without
                && node.state() != SimNode.State.REFUSED
                && node.state() != SimNode.State.DEAD
                && !node.shadow().lost
                && node.storageId().equals(member.storageId());
    }

    Collection<Configuration> possible() {
        List<Configuration> possible = new ArrayList<>();
        for (Configuration live : cluster.watcher().liveConfigurations(cluster.nodes())) {
            possible.add(live);
            possible.add(promoted(live.afterChange()));
        }
        long now = cluster.timeline().nowMicros();
        asked.removeIf(one -> now - one.atMicros > PENDING_MICROS);
        for (Asked one : asked) {
            possible.add(one.result);
            possible.add(promoted(one.result));
        }
        return possible;
    }

    /** The same when those that are joining have joined. */
    private static Configuration promoted(Configuration configuration) {
        return Configuration.stable(configuration.afterChange().members().stream()
                .map(member -> member.standing() == Standing.JOINING ? member.with(Standing.VOTER) : member)
                .toList());
    }

    private record Asked(long atMicros, Configuration result) {}
}
