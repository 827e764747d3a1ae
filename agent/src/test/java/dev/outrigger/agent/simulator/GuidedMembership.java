package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberChange;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A schedule that aims: a leader is asked for a change of the members and cut off at some step of it; its successor is
 * asked for another one and perhaps cut off too; then all meet again. Chance alone needs millions of lives to find what
 * goes wrong there (two leaders with a change each and majorities that do not meet).
 */
final class GuidedMembership {
    private final Simulation cluster;
    private final Timeline timeline;
    private final SplittableRandom random;
    private final long endMicros;
    private final List<int[]> cuts = new ArrayList<>();

    GuidedMembership(Simulation cluster, SplittableRandom random) {
        this.cluster = cluster;
        this.timeline = cluster.timeline();
        this.random = random;
        this.endMicros = timeline.nowMicros() + cluster.swarm().chaosMicros;
    }

    void begin() {
        timeline.after(share(1), this::first);
    }

    /** Some time up to so many election timeouts. */
    private long share(double timeouts) {
        return (long) (cluster.swarm().electionMicros * timeouts * random.nextDouble());
    }

    /** A few messages' time. */
    private long steps() {
        return random.nextLong(1 + 8 * cluster.swarm().delayMicros + 4 * cluster.swarm().forceMicros);
    }

    private boolean isOver() {
        return timeline.nowMicros() >= endMicros;
    }

    private void first() {
        if (isOver()) {
            return;
        }
        SimNode leader = leader();
        if (leader == null) {
            timeline.after(share(1), this::first);
            return;
        }
        change(leader);
        timeline.after(steps(), () -> {
            if (!isOver()) {
                isolate(leader);
                timeline.after(share(3), () -> second(leader, 20));
            }
        });
    }

    /** Waits for a successor and asks it for something else, often within the first moments of its term. */
    private void second(SimNode before, int patience) {
        if (isOver()) {
            return;
        }
        SimNode leader = leader();
        if ((leader == null || leader == before) && patience > 0) {
            timeline.after(share(0.3), () -> second(before, patience - 1));
            return;
        }
        if (leader != null) {
            change(leader);
            if (random.nextBoolean()) {
                timeline.after(steps(), () -> {
                    if (!isOver() && random.nextBoolean()) {
                        isolate(leader);
                    } else if (!isOver() && leader.isUp()) {
                        leader.kill();
                        cluster.faults().restartLater(leader);
                    }
                });
            }
        }
        timeline.after(share(4), this::heal);
    }

    private void heal() {
        if (!isOver()) {
            cuts.forEach(cut -> cluster.network().mend(cut[0], cut[1]));
            cuts.clear();
            timeline.after(share(6), this::first);
        }
    }

    /** The leader, and now and then one other with it, is cut off from the rest. */
    private void isolate(SimNode leader) {
        int companion = random.nextInt(2 * cluster.nodes().size());
        if (cluster.tracing()) {
            cluster.trace("GUIDED cuts off " + leader.id + " and rank " + companion + ", if there is one");
        }
        for (SimNode node : cluster.nodes()) {
            boolean inside = node == leader || node.rank == companion;
            for (SimNode other : cluster.nodes()) {
                boolean otherInside = other == leader || other.rank == companion;
                if (inside != otherInside) {
                    cluster.network().cut(node.rank, other.rank);
                    cuts.add(new int[] {node.rank, other.rank});
                }
            }
        }
    }

    private void change(SimNode leader) {
        List<MemberChange> changes = new ArrayList<>();
        Configuration now = leader.core().configuration().afterChange();
        int wanted = random.nextInt(3) == 0 ? 2 : 1;
        List<SimNode> nodes = new ArrayList<>(cluster.nodes());
        while (changes.size() < wanted && !nodes.isEmpty()) {
            SimNode node = nodes.remove(random.nextInt(nodes.size()));
            boolean member = now.contains(node.id);
            if (member && random.nextBoolean()) {
                changes.add(MemberChange.remove(node.id));
            } else if (!member && node.isUp()) {
                Standing standing = random.nextInt(4) == 0 ? Standing.LEARNER : Standing.VOTER;
                changes.add(MemberChange.put(Operators.member(node, standing)));
            }
        }
        if (!changes.isEmpty() && leader.isUp()) {
            cluster.operators().request(leader, changes);
        }
    }

    private @Nullable SimNode leader() {
        SimNode leader = null;
        for (SimNode node : cluster.nodes()) {
            if (node.isLeader()
                    && (leader == null || node.core().term() > leader.core().term())) {
                leader = node;
            }
        }
        return leader;
    }
}
