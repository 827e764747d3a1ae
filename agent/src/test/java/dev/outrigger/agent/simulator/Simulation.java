package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Configuration.Member;
import dev.outrigger.agent.core.message.Configuration.Standing;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.simulator.front.AppsAndClients;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one cluster, all of it determined by the seed. It is left alone at first; then comes chaos; then a core of
 * machines, just enough to decide, is healed while all others stay broken for ever, and that core has to come to terms in
 * a bounded time; in the end nothing may happen any more without a reason. A fault that always heals hides the loops in
 * which a cluster would stay for ever: hence the core.
 */
final class Simulation {
    private static final MemberId[] NAMES = names(10);
    private static final int LEADER_TIMEOUTS = 20;
    private static final int SETTLE_TIMEOUTS = 40;
    private static final int QUIET_TIMEOUTS = 15;
    /** The longest seeds take about a tenth of this; one that goes on for ever is found by it. */
    private static final long EVENTS_MAX = 20_000_000;

    private final long seed;
    private final @Nullable Consumer<String> tracer;
    private final Timeline timeline = new Timeline();
    private final Coverage coverage = new Coverage();
    private final Reduction reduction;
    private final Swarm swarm;
    private final Watcher watcher;
    private final Configuration formed;
    private final List<SimNode> nodes = new ArrayList<>();
    private final Network network;
    private final Budget budget;
    private final Script script;
    private final int operations;
    private final Faults faults;
    private final Operators operators;
    private final Workload workload;
    private final SplittableRandom random;
    private Ending ending = Ending.PLAIN;
    private boolean[] healthy;
    private long happened;

    private Simulation(long seed, @Nullable Script model, Reduction reduction, @Nullable Consumer<String> tracer) {
        this.seed = seed;
        this.reduction = reduction;
        this.tracer = tracer;
        random = new SplittableRandom(seed);
        swarm = new Swarm(random.split(), reduction);
        List<NodeDisk> first = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int rank = 0; rank < swarm.machines(); rank++) {
            first.add(disk(rank));
            if (rank < swarm.voters) {
                members.add(new Member(
                        name(rank), first.get(rank).storageId(), name(rank).name() + ":7000", Standing.VOTER));
            }
        }
        formed = Configuration.stable(members);
        watcher = new Watcher(coverage, formed);
        network = new Network(timeline, swarm, coverage, random.split(), nodes);
        budget = new Budget(this);
        script = new Script(random.split(), random.split(), model);
        operators = new Operators(this, budget, script.operators());
        faults = new Faults(this, budget, script);
        SplittableRandom above = random.split();
        operations = Math.min(200 + random.nextInt(1000), reduction.operations());
        workload = new AppsAndClients(
                timeline,
                above,
                new AppsAndClients.Size(
                        swarm.machines(),
                        swarm.voters,
                        swarm.clients,
                        operations,
                        swarm.warmUpMicros + swarm.chaosMicros,
                        swarm.electionMicros,
                        swarm.snapshotEvery),
                watcher);
        for (int rank = 0; rank < swarm.machines(); rank++) {
            nodes.add(new SimNode(this, rank, first.get(rank), random.split()));
        }
        healthy = new boolean[swarm.machines()];
    }

    static Outcome run(long seed) {
        return run(seed, Reduction.NONE, null);
    }

    static Outcome run(long seed, Consumer<String> tracer) {
        return run(seed, Reduction.NONE, tracer);
    }

    /** What is left of the life of a seed, which is lived as a whole first to see what there is to be left. */
    static Outcome run(long seed, Reduction reduction, @Nullable Consumer<String> tracer) {
        Script model = reduction.isEmpty() ? null : record(seed).script();
        return run(seed, model, reduction, tracer);
    }

    /** The same, when the script of the whole is known; without one what is injected is drawn anew. */
    static Outcome run(long seed, @Nullable Script model, Reduction reduction, @Nullable Consumer<String> tracer) {
        return new Simulation(seed, model, reduction, tracer).live();
    }

    static Recording record(long seed) {
        Simulation whole = new Simulation(seed, null, Reduction.NONE, null);
        return new Recording(whole.live(), whole.script, whole.swarm, whole.operations);
    }

    private static MemberId[] names(int count) {
        MemberId[] names = new MemberId[count];
        for (int rank = 0; rank < count; rank++) {
            names[rank] = new MemberId("m" + rank);
        }
        return names;
    }

    static MemberId name(int rank) {
        return NAMES[rank];
    }

    static int rank(MemberId id) {
        return id.name().charAt(1) - '0';
    }

    private NodeDisk disk(int rank) {
        return new NodeDisk(name(rank).name(), random.split());
    }

    /** The disk of this machine, which is not running, is thrown away. */
    void wipe(SimNode node) {
        node.wipe(disk(node.rank));
        workload.wiped(node.rank);
    }

    // ---- phases ----

    private Outcome live() {
        try {
            trace(swarm.toString());
            phases();
        } catch (RuntimeException | Error bug) {
            StackTraceElement[] frames = bug.getStackTrace();
            watcher.violation(
                    "invariant 16: the simulation threw " + bug + (frames.length > 0 ? " at " + frames[0] : ""));
        }
        if (watcher.failure() != null) {
            trace("FAILURE " + watcher.failure());
        }
        return new Outcome(seed, watcher.failure(), happened, timeline.nowMicros(), watcher.hash(), coverage);
    }

    private void phases() {
        for (SimNode node : nodes) {
            timeline.after(random.nextLong(500_000), node::boot);
        }
        workload.begin();
        if (!pass(swarm.warmUpMicros)) {
            return;
        }
        trace("CHAOS");
        faults.begin();
        if (swarm.guided) {
            GuidedMembership guided = new GuidedMembership(this, random.split());
            if (!reduction.without().contains(Reduction.GUIDED)) {
                guided.begin();
            }
        }
        if (!pass(swarm.chaosMicros)) {
            return;
        }
        faults.stop();
        ending = Ending.draw(random, swarm);
        ending = reduction.without().contains(Reduction.ENDING) ? Ending.PLAIN : ending;
        Ending.Plan plan = ending.prepare(this);
        if (isOver()) {
            return;
        }
        boolean alive = heal(plan);
        if (swarm.keepsBudget()) {
            coverage.boundToLive();
            if (!alive) {
                coverage.doomed();
            }
        }
        if (alive) {
            converge();
        } else {
            pass(10 * swarm.electionMicros);
        }
    }

    private boolean isOver() {
        return watcher.failure() != null;
    }

    /** Lets this much time pass; false when something is wrong. */
    private boolean pass(long micros) {
        return passUntil(micros, () -> false) || !isOver();
    }

    /** Lets time pass until {@code done}, looked at now and then, but no longer than this. */
    boolean passUntil(long micros, BooleanSupplier done) {
        return passUntil(micros, Math.max(1, swarm.electionMicros / 8), done);
    }

    /** The same, but looks after every event. */
    boolean passEventsUntil(long micros, BooleanSupplier done) {
        return passUntil(micros, 0, done);
    }

    private boolean passUntil(long micros, long look, BooleanSupplier done) {
        long until = timeline.nowMicros() + micros;
        long nextLook = timeline.nowMicros();
        while (!isOver()) {
            if (timeline.nowMicros() >= nextLook) {
                nextLook = timeline.nowMicros() + look;
                if (done.getAsBoolean()) {
                    return true;
                }
            }
            if (!timeline.step(look == 0 ? until : Math.min(until, nextLook)) && timeline.nowMicros() >= until) {
                return done.getAsBoolean();
            }
            happened++;
            if (happened > EVENTS_MAX) {
                watcher.violation("liveness: more than " + EVENTS_MAX + " events, and no end");
            }
        }
        return false;
    }

    /** Heals a core of machines and breaks the rest for ever. False when nothing can be asked of the cluster any more. */
    private boolean heal(Ending.Plan plan) {
        network.calm();
        List<Configuration> live = new ArrayList<>(budget.possible());
        List<SimNode> order = new ArrayList<>(nodes);
        for (int i = order.size() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            SimNode moved = order.get(i);
            order.set(i, order.get(other));
            order.set(other, moved);
        }
        SimNode first = plan.first;
        if (first != null) {
            order.remove(first);
            order.add(0, first);
        }
        order.removeAll(plan.last);
        order.addAll(plan.last);
        healthy = new boolean[nodes.size()];
        for (Configuration configuration : live) {
            for (Member member : configuration.everybody()) {
                // Who may be promoted in the moment of healing must not be broken in the next.
                boolean joining = member.standing() == Standing.JOINING;
                if (joining && (isIntact(member) || nodes.get(rank(member.id())).isUp())) {
                    healthy[rank(member.id())] = true;
                }
            }
            for (SimNode node : order) {
                if (!decides(configuration) && isIntactVoter(configuration, node)) {
                    healthy[node.rank] = true;
                }
            }
        }
        boolean alive = true;
        for (Configuration configuration : watcher.liveConfigurations(nodes)) {
            alive &= decides(configuration);
        }
        for (SimNode node : nodes) {
            if (healthy[node.rank]) {
                node.resume();
                node.disk().heal();
                node.diskFactor(1);
                node.endStall();
                node.boot();
            } else if (ending.abandon(this, plan, node)) {
                trace("abandons " + node.id + ": " + ending);
            } else if (isMemberSomewhere(live, node)) {
                abandon(node);
            } else {
                node.die();
            }
        }
        for (SimNode node : nodes) {
            alive &= !healthy[node.rank] || node.isUp();
        }
        if (tracing()) {
            trace("HEALED " + java.util.Arrays.toString(healthy) + (alive ? "" : ", but nothing can live on"));
        }
        workload.calm(healthy);
        return alive;
    }

    private static boolean isMemberSomewhere(List<Configuration> live, SimNode node) {
        return live.stream().anyMatch(configuration -> configuration.contains(node.id));
    }

    private boolean decides(Configuration configuration) {
        return Watcher.decided(configuration, member -> healthy[rank(member.id())] && isIntact(member));
    }

    private boolean isIntactVoter(Configuration configuration, SimNode node) {
        return configuration.members().stream().anyMatch(member -> isIntactVoter(member, node))
                || configuration.next().stream().anyMatch(member -> isIntactVoter(member, node));
    }

    private boolean isIntactVoter(Member member, SimNode node) {
        return member.votes() && member.id().equals(node.id) && isIntact(member);
    }

    private boolean isIntact(Member member) {
        SimNode node = nodes.get(rank(member.id()));
        return node.storageId().equals(member.storageId())
                && !node.shadow().lost
                && (node.isUp() || node.state() == SimNode.State.DOWN);
    }

    private void abandon(SimNode node) {
        int how = random.nextInt(3);
        if (how == 2 && node.isUp() && node.core().role() == RoleName.LEADER) {
            // Its old heartbeats would keep its followers loyal for as long as they are on their way.
            how = 1;
        }
        switch (how) {
            case 0 -> node.die();
            case 1 -> network.abandon(node.rank);
            default -> network.slow(node.rank, 20.0 * swarm.electionMicros / swarm.delayMicros);
        }
    }

    private void converge() {
        long timeout = swarm.electionMicros;
        if (!passUntil(LEADER_TIMEOUTS * timeout, () -> leader() != null)) {
            if (leadsWithoutNeedOfItsDisk()) {
                return;
            }
            violation("liveness: no leader " + LEADER_TIMEOUTS + " election timeouts after healing; " + states());
            return;
        }
        long slack = slackMicros();
        if (!passUntil(SETTLE_TIMEOUTS * timeout + slack, this::isSettled)) {
            violation("liveness: not settled " + SETTLE_TIMEOUTS + " election timeouts after healing; " + states()
                    + (workload.settled() ? "" : "; clients still wait"));
            return;
        }
        String wrong = workload.audit();
        if (wrong != null) {
            violation(wrong);
            return;
        }
        if (swarm.isOn(FaultKind.PRIORITY)) {
            // A leader that is not preferred hands over as soon as all is well: that is a reason.
            pass(2 * QUIET_TIMEOUTS * timeout);
        }
        long elections = watcher.elections();
        SimNode leader = leader();
        long term = leader == null ? 0 : leader.core().term();
        if (isNewerTermAround(term)) {
            return;
        }
        pass(QUIET_TIMEOUTS * timeout);
        SimNode after = leader();
        if (!isOver()
                && (watcher.elections() != elections
                        || after == null
                        || after.core().term() != term)) {
            violation("liveness: an election while nothing happened; " + states());
        }
    }

    /** A broken member that is in a newer term is heard at some time over its slow links, and rightly deposes the leader. */
    private boolean isNewerTermAround(long term) {
        for (SimNode node : nodes) {
            if (node.isUp() && node.core().term() > term) {
                return true;
            }
        }
        return false;
    }

    /** A leader whose disk is silent cannot know while it has nothing to write. */
    private boolean leadsWithoutNeedOfItsDisk() {
        SimNode leader = newestLeader();
        return ending == Ending.LEADER_WITH_SILENT_DISK
                && leader != null
                && leader.core().durableIndex() == leader.core().lastIndex();
    }

    private void violation(String what) {
        watcher.violation(what);
    }

    /** What those that are behind may take, in round trips. */
    private long slackMicros() {
        long behind = 0;
        for (SimNode node : nodes) {
            if (healthy[node.rank] && node.isUp()) {
                behind = Math.max(behind, watcher.committedIndex() - node.core().commitIndex());
            }
        }
        long roundTrip = 20 * swarm.delayMicros + 6 * swarm.forceMicros + 4 * swarm.readMicros + 4 * swarm.turnMicros;
        long chunks = 100_000 / swarm.chunkBytesMax();
        return (behind / swarm.entriesPerRoundTrip() + chunks + 10) * roundTrip;
    }

    /** Of all that lead, healthy or not, that with the highest term. */
    @Nullable
    SimNode newestLeader() {
        SimNode leader = null;
        for (SimNode node : nodes) {
            boolean leads = node.isLeader();
            if (leads && (leader == null || node.core().term() > leader.core().term())) {
                leader = node;
            }
        }
        return leader;
    }

    private @Nullable SimNode leader() {
        SimNode leader = null;
        for (SimNode node : nodes) {
            boolean leads = healthy[node.rank] && node.isLeader();
            if (leads && (leader == null || node.core().term() > leader.core().term())) {
                leader = node;
            }
        }
        return leader;
    }

    private boolean isSettled() {
        SimNode leader = leader();
        if (leader == null || !workload.settled()) {
            return false;
        }
        Configuration configuration = leader.core().configuration();
        if (configuration.isJoint()
                || leader.core().commitIndex() != leader.core().lastIndex()) {
            return false;
        }
        for (Member member : configuration.members()) {
            SimNode node = nodes.get(rank(member.id()));
            boolean counts = healthy[node.rank] && node.storageId().equals(member.storageId());
            if (counts && !(node.isUp() && equals(node, leader))) {
                return false;
            }
        }
        return true;
    }

    private boolean equals(SimNode node, SimNode leader) {
        return node.core().lastIndex() == leader.core().lastIndex()
                && node.core().deliverableIndex() == leader.core().deliverableIndex()
                && workload.appliedIndex(node.rank) == leader.core().deliverableIndex();
    }

    private String states() {
        StringBuilder text = new StringBuilder();
        for (SimNode node : nodes) {
            text.append(node.id)
                    .append(healthy[node.rank] ? "" : " (abandoned)")
                    .append(' ')
                    .append(node.state());
            if (node.isUp()) {
                text.append(' ')
                        .append(node.core().role())
                        .append(" term ")
                        .append(node.core().term());
                text.append(" commit ").append(node.core().commitIndex());
                text.append('/').append(node.core().lastIndex());
                text.append(" applied ").append(workload.appliedIndex(node.rank));
                text.append(
                        node.core().role() == RoleName.LEADER
                                ? " " + node.core().configuration()
                                : "");
            }
            text.append("; ");
        }
        return text.toString();
    }

    // ---- for the parts ----

    boolean isHealthy(SimNode node) {
        return healthy[node.rank];
    }

    boolean tracing() {
        return tracer != null;
    }

    void trace(String what) {
        if (tracer != null) {
            tracer.accept(happened + " " + timeline.nowMicros() + " " + what);
        }
    }

    void note(FaultKind kind, SimNode node) {
        watcher.mix(kind.ordinal() * 31L + node.rank);
        if (tracer != null) {
            trace("FAULT " + kind + " at " + node.id);
        }
    }

    Timeline timeline() {
        return timeline;
    }

    Watcher watcher() {
        return watcher;
    }

    Reduction reduction() {
        return reduction;
    }

    Swarm swarm() {
        return swarm;
    }

    Configuration formed() {
        return formed;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    Network network() {
        return network;
    }

    Faults faults() {
        return faults;
    }

    Operators operators() {
        return operators;
    }

    Workload workload() {
        return workload;
    }
}
