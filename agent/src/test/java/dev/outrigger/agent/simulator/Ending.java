package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Control;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What chaos leaves behind on purpose: states in which a cluster would stay for ever if one of the rules for leaving them
 * were missing, and which chance brings about too seldom.
 */
enum Ending {
    /** As it comes. */
    PLAIN,
    /** A leader reaches everybody, and its disk answers no more: it must not go on leading. */
    LEADER_WITH_SILENT_DISK,
    /** A leader is asked to hand over to a member that is gone in the same moment: it must take proposals again. */
    TRANSFER_TO_THE_GONE,
    /** Who has the longest log has the lowest term: it must learn of the higher one, since nobody else can win. */
    LONGEST_LOG_LOWEST_TERM;

    private static final int PATIENCE_TIMEOUTS = 8;

    static Ending draw(SplittableRandom random, Swarm swarm) {
        int draw = random.nextInt(100);
        if (!swarm.keepsBudget() || swarm.voters < 3 || draw >= 36) {
            return PLAIN;
        }
        return values()[1 + draw / 12];
    }

    /** Lets time pass until the state is there, or gives up. All faults are over then. */
    Plan prepare(Simulation cluster) {
        Plan plan = new Plan();
        if (this == PLAIN) {
            return plan;
        }
        cluster.network().calm();
        cluster.nodes().forEach(SimNode::recover);
        long patience = PATIENCE_TIMEOUTS * cluster.swarm().electionMicros;
        if (!cluster.passUntil(patience, () -> isQuiet(cluster))) {
            return plan;
        }
        SimNode leader = cluster.newestLeader();
        if (leader == null) {
            return plan;
        }
        if (this == LONGEST_LOG_LOWEST_TERM) {
            separate(cluster, leader, plan);
        } else if (this == LEADER_WITH_SILENT_DISK) {
            plan.last.add(leader);
        } else {
            plan.first = leader;
            plan.last.add(other(cluster, leader));
        }
        return plan;
    }

    private static boolean isQuiet(Simulation cluster) {
        SimNode leader = cluster.newestLeader();
        if (leader == null || leader.configuration().isJoint()) {
            return false;
        }
        int behind = 0;
        for (SimNode node : cluster.nodes()) {
            boolean same = node.isUp() && node.core().leader().equals(Optional.of(leader.id));
            behind += leader.configuration().isVoter(node.id) && !same ? 1 : 0;
        }
        return behind == 0
                && leader.core().termAt(leader.core().commitIndex())
                        == leader.core().term();
    }

    /** Another voter, the leader itself when there is none. */
    private static SimNode other(Simulation cluster, SimNode leader) {
        Configuration configuration = leader.configuration();
        SimNode other = leader;
        for (Member member : configuration.members()) {
            if (member.votes() && !member.id().equals(leader.id)) {
                other = cluster.nodes().get(Simulation.rank(member.id()));
            }
        }
        return other;
    }

    /**
     * Cuts the leader off and lets it write on alone, while the others elect one that is cut off as soon as it leads, and
     * then another: their terms rise, their logs do not grow.
     */
    private static void separate(Simulation cluster, SimNode leader, Plan plan) {
        long patience = PATIENCE_TIMEOUTS * cluster.swarm().electionMicros;
        cluster.network().isolate(leader.rank);
        long term = leader.core().term();
        for (int round = 0; round < 2; round++) {
            long before = term;
            SimNode[] winner = new SimNode[1];
            boolean won = cluster.passEventsUntil(patience, () -> {
                SimNode newest = cluster.newestLeader();
                winner[0] = newest;
                return newest != null && newest != leader && newest.core().term() > before;
            });
            if (!won || winner[0] == null) {
                return;
            }
            SimNode elected = winner[0];
            term = elected.core().term();
            cluster.network().isolate(elected.rank);
            plan.last.remove(elected);
            plan.last.add(elected);
            if (round == 0 && cluster.passUntil(patience, () -> !elected.isLeader())) {
                cluster.network().join(elected.rank, leader.rank);
            }
        }
        plan.first = leader;
        // What the last one has sent is lost with it.
        cluster.passUntil(cluster.swarm().electionMicros / 10, () -> false);
        boolean isSo = leader.isUp() && leader.core().term() < term;
        for (SimNode node : cluster.nodes()) {
            isSo &= !node.isUp()
                    || plan.last.contains(node)
                    || node.core().lastIndex() <= leader.core().lastIndex();
        }
        if (isSo) {
            cluster.watcher().coverage().met(Coverage.Sometimes.ENDED_WITH_OLD_TERM_AHEAD);
        }
    }

    /** Who has to belong to the core, and those who had better not. */
    static final class Plan {
        @Nullable
        SimNode first;

        final List<SimNode> last = new ArrayList<>();
    }

    /** Does to one that is abandoned for ever what belongs to this ending; false when it is like any other. */
    boolean abandon(Simulation cluster, Plan plan, SimNode node) {
        if (!plan.last.contains(node)) {
            return false;
        }
        if (this == LEADER_WITH_SILENT_DISK) {
            if (!node.isLeader()) {
                return false;
            }
            cluster.watcher().coverage().met(Coverage.Sometimes.ENDED_WITH_SILENT_DISK);
            node.silenceDisk();
            return true;
        }
        SimNode leader = plan.first;
        if (this == TRANSFER_TO_THE_GONE && leader != null && leader.isLeader() && cluster.isHealthy(leader)) {
            cluster.watcher().coverage().met(Coverage.Sometimes.ENDED_WITH_FAILED_TRANSFER);
            leader.control(new Control.Transfer(Optional.of(node.id)));
        }
        node.die();
        return true;
    }
}
