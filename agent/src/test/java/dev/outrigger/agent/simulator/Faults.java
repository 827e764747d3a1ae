package dev.outrigger.agent.simulator;

import java.util.ArrayList;
import java.util.List;

/** Lets happen what the {@link Swarm} has drawn, each kind at times of its own, until told to stop. */
final class Faults {
    private static final FaultKind[] KINDS = FaultKind.values();
    private static final long HOUR_MILLIS = 3_600_000;

    private final Simulation cluster;
    private final Timeline timeline;
    private final Network network;
    private final Swarm swarm;
    private final Budget budget;
    private final Script script;
    private final Dice random;
    private boolean over;

    Faults(Simulation cluster, Budget budget, Script script) {
        this.cluster = cluster;
        this.timeline = cluster.timeline();
        this.network = cluster.network();
        this.swarm = cluster.swarm();
        this.budget = budget;
        this.script = script;
        this.random = script.faults();
    }

    void begin() {
        Script model = script.model();
        for (FaultKind kind : KINDS) {
            if (model == null && swarm.isOn(kind) && !kind.isLasting()) {
                next(kind);
            }
        }
        if (model != null) {
            follow(model, cluster.reduction());
        }
        if (swarm.isOn(FaultKind.CLOCK_DRIFT)) {
            for (SimNode node : cluster.nodes()) {
                cluster.watcher().coverage().fault(FaultKind.CLOCK_DRIFT, node.role());
                node.clockRate(0.8 + 0.4 * random.nextDouble());
            }
        }
    }

    void stop() {
        over = true;
    }

    private void next(FaultKind kind) {
        double mean = swarm.meanMicros(kind);
        timeline.after((long) (-mean * Math.log(1 - random.chance())), () -> {
            if (!over) {
                inject(script.add(kind, timeline.nowMicros()), kind);
                next(kind);
            }
        });
    }

    /** Injects what another life had, except for what is not wanted. */
    private void follow(Script model, Reduction reduction) {
        for (int number = 1; number <= model.size(); number++) {
            int thisNumber = number;
            Script.Injection injection = model.get(number);
            if (!reduction.skip().contains(number) && !reduction.isOff(injection.kind())) {
                timeline.after(injection.atMicros() - timeline.nowMicros(), () -> {
                    if (!over) {
                        inject(thisNumber, injection.kind());
                    }
                });
            }
        }
    }

    private void inject(int number, FaultKind kind) {
        if (cluster.tracing()) {
            cluster.trace("INJECTION " + number + " " + kind);
        }
        script.turnTo(number);
        happen(kind);
        script.turnTo(Script.ELSEWHERE);
    }

    /** A machine comes back after a while, short or long. */
    void restartLater(SimNode node) {
        timeline.after(duration(0.02, over ? 1 : 10), () -> {
            if (!over || cluster.isHealthy(node)) {
                node.boot();
            }
        });
    }

    /** From a share of an election timeout to many of them, on a logarithmic scale. */
    private long duration(double from, double to) {
        return (long) (swarm.electionMicros * Swarm.logUniform(random, from, to));
    }

    private SimNode any() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private void happen(FaultKind kind) {
        if (kind.group() == FaultKind.Group.OPERATOR) {
            cluster.operators().act(kind);
            return;
        }
        SimNode node = any();
        if (random.nextInt(3) == 0) {
            for (SimNode other : cluster.nodes()) {
                node = other.isLeader() ? other : node;
            }
        }
        if (kind == FaultKind.ROT || kind == FaultKind.WIPE) {
            lose(kind, node);
        } else if (node.isUp()) {
            cluster.watcher().coverage().fault(kind, node.role());
            cluster.note(kind, node);
            hit(kind, node);
        }
    }

    private void hit(FaultKind kind, SimNode node) {
        switch (kind.group()) {
            case NETWORK -> part(kind, node);
            case APP -> {
                if (kind == FaultKind.APP_CRASH_KEEP || kind == FaultKind.APP_CRASH_LOSE) {
                    cluster.watcher().coverage().met(Coverage.Feature.APP_CRASH);
                }
                cluster.workload().fault(node.rank, kind);
            }
            default -> hurt(kind, node);
        }
    }

    private void hurt(FaultKind kind, SimNode node) {
        switch (kind) {
            case CLOCK_JUMP -> node.jump(random.nextLong(2 * HOUR_MILLIS) - HOUR_MILLIS);
            case PAUSE -> {
                node.pause();
                // A leader often just so long that there is another one.
                boolean deposed = node.isLeader() && random.nextBoolean();
                timeline.after(deposed ? duration(0.4, 3) : duration(0.005, 5), node::resume);
            }
            case SLOW_DISK -> {
                node.diskFactor(Swarm.logUniform(random, 3, 100));
                timeline.after(duration(0.5, 20), () -> node.diskFactor(1));
            }
            case STALL -> node.stall(duration(0.1, 60));
            case POWER_CUT -> powerCut(node);
            case CRASH_IN_WRITE -> node.disk().crashSoon(random);
            case POWER_CUT_ALL -> cluster.nodes().forEach(this::powerCut);
            case FAILED_FORCE -> node.disk().failNextForce(random);
            case DISK_FULL -> node.disk().fill();
            case KILL -> kill(node);
            case KILL_ALL -> cluster.nodes().forEach(this::kill);
            case ROLLING_RESTART -> rollingRestart();
            default -> throw new IllegalArgumentException(kind.name());
        }
    }

    private void kill(SimNode node) {
        node.kill();
        restartLater(node);
    }

    private void powerCut(SimNode node) {
        if (swarm.isOn(FaultKind.TORN_PAGE) && node.isUp()) {
            cluster.watcher().coverage().fault(FaultKind.TORN_PAGE, node.role());
        }
        node.powerCut(swarm.isOn(FaultKind.TORN_PAGE));
        restartLater(node);
    }

    private void rollingRestart() {
        long gap = duration(0.5, 4);
        for (SimNode node : cluster.nodes()) {
            timeline.after(gap * node.rank, () -> {
                if (!over && node.isUp()) {
                    node.kill();
                    timeline.after(gap / 2, () -> {
                        if (!over) {
                            node.boot();
                        }
                    });
                }
            });
        }
    }

    /** Acknowledged data goes, on a minority of disks at most unless the seed is wild. */
    private void lose(FaultKind kind, SimNode node) {
        boolean dead = node.state() == SimNode.State.DEAD;
        if (dead || swarm.keepsBudget() && !budget.mayLose(node)) {
            return;
        }
        cluster.note(kind, node);
        node.powerCut(false);
        cluster.watcher().coverage().fault(kind, node.role());
        if (kind == FaultKind.WIPE) {
            cluster.wipe(node);
            restartLater(node);
        } else if (node.state() == SimNode.State.DOWN && node.disk().rot(random)) {
            node.shadow().lost = true;
            restartLater(node);
        } else if (node.state() == SimNode.State.DOWN) {
            restartLater(node);
        }
    }

    // ---- who reaches whom ----

    private void part(FaultKind kind, SimNode node) {
        int machines = cluster.nodes().size();
        int one = node.rank;
        int other = (one + 1 + random.nextInt(Math.max(1, machines - 1))) % machines;
        switch (kind) {
            case ONE_WAY_CUT -> {
                if (random.nextInt(3) == 0) {
                    oneWay(one, random.nextBoolean());
                } else {
                    cutForAWhile(List.of(new int[] {one, other}));
                }
            }
            case ISOLATE -> separate(rank -> rank == one ? 1 : 0);
            case SPLIT -> {
                int sides = random.nextInt(1 << machines);
                separate(rank -> sides >> rank & 1);
            }
            case CHAIN -> chain(machines);
            case BRIDGE -> bridge(one, machines);
            case CLOG -> clog(one, other);
            case RESET -> network.reset(one, other);
            default -> throw new IllegalArgumentException(kind.name());
        }
    }

    /** Everything from one machine, or everything to it. */
    private void oneWay(int one, boolean outwards) {
        List<int[]> cuts = new ArrayList<>();
        for (SimNode node : cluster.nodes()) {
            if (node.rank != one) {
                cuts.add(outwards ? new int[] {one, node.rank} : new int[] {node.rank, one});
            }
        }
        cutForAWhile(cuts);
    }

    private void separate(java.util.function.IntUnaryOperator side) {
        List<int[]> cuts = new ArrayList<>();
        int machines = cluster.nodes().size();
        for (int from = 0; from < machines; from++) {
            for (int to = 0; to < machines; to++) {
                if (side.applyAsInt(from) != side.applyAsInt(to)) {
                    cuts.add(new int[] {from, to});
                }
            }
        }
        cutForAWhile(cuts);
    }

    /** Each machine reaches its neighbours only. */
    private void chain(int machines) {
        List<int[]> cuts = new ArrayList<>();
        for (int from = 0; from < machines; from++) {
            for (int to = 0; to < machines; to++) {
                if (Math.abs(from - to) > 1) {
                    cuts.add(new int[] {from, to});
                }
            }
        }
        cutForAWhile(cuts);
    }

    /** Two halves that have only one machine in common. */
    private void bridge(int hub, int machines) {
        int sides = random.nextInt(1 << machines);
        List<int[]> cuts = new ArrayList<>();
        for (int from = 0; from < machines; from++) {
            for (int to = 0; to < machines; to++) {
                if (from != hub && to != hub && (sides >> from & 1) != (sides >> to & 1)) {
                    cuts.add(new int[] {from, to});
                }
            }
        }
        cutForAWhile(cuts);
    }

    private void cutForAWhile(List<int[]> cuts) {
        cuts.forEach(cut -> network.cut(cut[0], cut[1]));
        timeline.after(duration(0.05, 15), () -> {
            if (!over) {
                cuts.forEach(cut -> network.mend(cut[0], cut[1]));
            }
        });
    }

    private void clog(int one, int other) {
        network.clog(one, other);
        timeline.after(duration(0.1, 15), () -> network.unclog(one, other));
    }
}
