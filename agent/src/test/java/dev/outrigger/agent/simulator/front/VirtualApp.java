package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.simulator.Timeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The application process beside an agent: an {@link AppState} that keeps the rules of the application protocol and may
 * fail in every way the protocol allows for. It outlives the agent. Each state it reaches is reported to the watch, which
 * compares over members; and it keeps a record, beyond crashes, of what it once was at each index, to see for itself that
 * nothing is ever skipped, doubled, or different when it comes again.
 *
 * <p>Not final: tests break it.
 */
public class VirtualApp {
    private static final int POINTS_MAX = 3;
    private static final long CONNECTION_LOST_MICROS = 20;
    /** Down for longer than a lost connection takes to be noticed. */
    private static final long DOWN_MICROS_MIN = 1_000;

    private final int node;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final FrontWatch watch;
    private final Deque<Point> points = new ArrayDeque<>();
    /** By index, what this application once was there; 0 for never. */
    private long[] digests = new long[1024];

    private AppFaults faults;
    private AppAnswer.@Nullable Listener listener;

    private AppState state = new AppState();
    private int cluster;
    private long appliedIndex;
    private long appliedTerm;
    private long newestEpoch;
    private int sincePoint;

    private boolean up = true;
    private long process = 1;
    private boolean hanging;
    private final Deque<Runnable> held = new ArrayDeque<>();

    private boolean late;
    private boolean twice;

    private record Point(AppState state, int cluster, long index, long term) {
        static final Point NONE = new Point(new AppState(), 0, 0, 0);
    }

    /** What a crash leaves. */
    public enum Loss {
        /** As the kind of application has it. */
        AS_BUILT,
        /** Everything that it applied is there. */
        NOTHING,
        /** It is back at one of its latest durable points. */
        LATEST,
        /** Nothing is left. */
        EVERYTHING
    }

    public VirtualApp(int node, Timeline timeline, RandomGenerator random, AppFaults faults, FrontWatch watch) {
        this.node = node;
        this.timeline = timeline;
        this.random = random;
        this.faults = faults;
        this.watch = watch;
    }

    // ---- for the engine ----

    /** From now on nothing goes wrong by itself. */
    public void calm() {
        faults = faults.calmed();
        late = false;
        twice = false;
        resume();
        if (!up) {
            restart();
        }
    }

    public boolean isUp() {
        return up;
    }

    /** Last command applied. */
    public long appliedIndex() {
        return appliedIndex;
    }

    public long digest() {
        return state.digest();
    }

    /** The lists as they are now, for {@code AppendOnce}. */
    public Map<String, List<String>> lists() {
        Map<String, List<String>> lists = new TreeMap<>();
        for (int key = 0; key < AppState.KEYS; key++) {
            List<String> values = new ArrayList<>();
            for (int value : state.list(key)) {
                values.add(Client.text(value));
            }
            lists.put(Client.listName(key), values);
        }
        return lists;
    }

    /** The process dies now and starts again by itself after {@code downMicros}, at least a millisecond. */
    public void crash(Loss loss, long downMicros) {
        if (!up) {
            return;
        }
        up = false;
        hanging = false;
        held.clear();
        process++;
        forget(loss);
        AppAnswer.Listener told = listener;
        if (told != null) {
            timeline.after(CONNECTION_LOST_MICROS, told::connectionLost);
        }
        long thisProcess = process;
        timeline.after(Math.max(DOWN_MICROS_MIN, downMicros), () -> {
            if (thisProcess == process) {
                restart();
            }
        });
    }

    /** Serves nothing for so long; what comes meanwhile is served then. */
    public void hang(long micros) {
        if (!up || hanging) {
            return;
        }
        hanging = true;
        long thisProcess = process;
        timeline.after(micros, () -> {
            if (thisProcess == process) {
                resume();
            }
        });
    }

    private void resume() {
        hanging = false;
        while (!hanging && up && !held.isEmpty()) {
            held.remove().run();
        }
    }

    /** For so long all answers are late. */
    public void beLate(long micros) {
        late = true;
        timeline.after(micros, () -> late = false);
    }

    /** For so long all calls that change something come twice. */
    public void hearTwice(long micros) {
        twice = true;
        timeline.after(micros, () -> twice = false);
    }

    /** Called in a starting process that has whatever was left of its state. */
    void restarted() {}

    /** For tests that break it. */
    final void pretend(long index, long term) {
        appliedIndex = index;
        appliedTerm = term;
    }

    private void restart() {
        if (up) {
            return;
        }
        up = true;
        restarted();
    }

    private void forget(Loss loss) {
        newestEpoch = 0;
        switch (loss == Loss.AS_BUILT ? faults.asBuilt() : loss) {
            case EVERYTHING:
                points.clear();
                become(Point.NONE);
                break;
            case LATEST:
                int newer = points.isEmpty() ? 0 : random.nextInt(points.size());
                for (int i = 0; i < newer; i++) {
                    points.removeLast();
                }
                Point point = points.peekLast();
                become(point == null ? Point.NONE : point);
                break;
            default:
                break;
        }
    }

    private void become(Point point) {
        state = point.state().copy();
        cluster = point.cluster();
        appliedIndex = point.index();
        appliedTerm = point.term();
        sincePoint = 0;
    }

    private void keepPoint() {
        if (points.size() == POINTS_MAX) {
            points.removeFirst();
        }
        points.addLast(new Point(state.copy(), cluster, appliedIndex, appliedTerm));
        sincePoint = 0;
    }

    // ---- the protocol ----

    /** Who is told when the process goes away: the agent that is connected last. */
    void connect(AppAnswer.@Nullable Listener agent) {
        listener = agent;
    }

    void info(AppAnswer.Taker taker) {
        call(taker, false, () -> new AppAnswer.Position(cluster, appliedIndex, appliedTerm));
    }

    void query(byte[] query, AppAnswer.Taker taker) {
        call(taker, false, () -> new AppAnswer.Queried(state.query(query), appliedIndex));
    }

    void snapshot(AppAnswer.Taker taker) {
        call(taker, false, () -> new AppAnswer.State(state.toBytes(), appliedIndex, appliedTerm));
    }

    void apply(int ofCluster, long epoch, long prevIndex, List<Ruling> commands, AppAnswer.Taker taker) {
        call(taker, true, () -> applyNow(ofCluster, epoch, prevIndex, commands));
    }

    /** Takes a moment, in which the process may die. */
    void restore(int ofCluster, long epoch, AppAnswer.State restored, AppAnswer.Taker taker) {
        call(taker, true, () -> {
            if (epoch < newestEpoch) {
                watch.met(Happening.OLD_AGENT_REFUSED);
                return new AppAnswer.Refused(appliedIndex);
            }
            newestEpoch = epoch;
            // One that hung for long, or came twice: whoever has more must not go back behind the agent's back.
            if (ofCluster == cluster && restored.index() < appliedIndex) {
                watch.met(Happening.OLD_SNAPSHOT_REFUSED);
                return new AppAnswer.Refused(appliedIndex);
            }
            if (!faults.wholeRestore()) {
                become(Point.NONE);
                points.clear();
                if (random.nextDouble() < faults.crash()) {
                    crash(Loss.AS_BUILT, random.nextLong(faults.downMicros()));
                    return AppAnswer.BROKEN;
                }
            }
            become(new Point(AppState.ofBytes(restored.bytes()), ofCluster, restored.index(), restored.term()));
            points.clear();
            keepPoint();
            report();
            watch.met(Happening.RESTORED);
            return new AppAnswer.Restored();
        });
    }

    private AppAnswer applyNow(int ofCluster, long epoch, long prevIndex, List<Ruling> commands) {
        if (epoch < newestEpoch || prevIndex > appliedIndex) {
            watch.met(epoch < newestEpoch ? Happening.OLD_AGENT_REFUSED : Happening.GAP_REFUSED);
            return new AppAnswer.Refused(appliedIndex);
        }
        newestEpoch = epoch;
        cluster = ofCluster;
        int dieAfter = random.nextDouble() < faults.crash() ? random.nextInt(commands.size() + 1) : -1;
        List<byte[]> results = new ArrayList<>(commands.size());
        long before = prevIndex;
        for (int i = 0; i < commands.size(); i++) {
            if (i == dieAfter) {
                break;
            }
            Ruling command = commands.get(i);
            if (command.index() <= before) {
                watch.violation("invariant 13: member " + node + " pushes " + command.index() + " after " + before);
            }
            before = command.index();
            if (command.index() > appliedIndex) {
                results.add(state.apply(command.index(), command.entry.timeMillis(), command.body));
                appliedIndex = command.index();
                appliedTerm = command.entry.term();
                report();
                if (++sincePoint >= faults.keepEvery()) {
                    keepPoint();
                }
            }
        }
        if (dieAfter >= 0) {
            crash(Loss.AS_BUILT, random.nextLong(faults.downMicros()));
        }
        return new AppAnswer.Applied(appliedIndex, results);
    }

    private void report() {
        if (appliedIndex == 0) {
            return;
        }
        int at = (int) appliedIndex;
        if (at >= digests.length) {
            digests = Arrays.copyOf(digests, 2 * at);
        }
        long before = digests[at];
        digests[at] = state.digest();
        if (before != 0 && before != state.digest()) {
            watch.violation("invariant 13: the application of member " + node + " was another at index " + appliedIndex
                    + " before");
        }
        watch.applied(node, appliedIndex, state.digest());
    }

    // ---- the way there and back ----

    private interface Work {
        AppAnswer run();
    }

    private void call(AppAnswer.Taker taker, boolean changes, Work work) {
        if (!up) {
            timeline.after(delay(), () -> taker.take(AppAnswer.BROKEN));
            return;
        }
        long thisProcess = process;
        if (!happens(faults.lostCall())) {
            timeline.after(delay(), () -> arrive(thisProcess, taker, changes, work));
        }
        // A connection that was given up may still deliver; by then the process may be another.
        if (changes && (twice || happens(faults.twice()))) {
            timeline.after(
                    delay() + random.nextLong(faults.lateMicros()), () -> arrive(process, answer -> {}, true, work));
        }
    }

    private void arrive(long thisProcess, AppAnswer.Taker taker, boolean changes, Work work) {
        if (!up || thisProcess != process) {
            taker.take(AppAnswer.BROKEN);
            return;
        }
        if (happens(faults.hang())) {
            hang(random.nextLong(faults.lateMicros()));
        }
        if (hanging) {
            held.add(() -> serve(taker, changes, work));
        } else {
            serve(taker, changes, work);
        }
    }

    private void serve(AppAnswer.Taker taker, boolean changes, Work work) {
        long thisProcess = process;
        boolean refused = happens(faults.refused());
        AppAnswer answer = refused ? AppAnswer.BROKEN : work.run();
        if (thisProcess != process || happens(faults.lostAnswer())) {
            return;
        }
        AppAnswer sent = changes && happens(faults.spoiled()) ? spoil(answer) : answer;
        long extra = late || happens(faults.lateAnswer()) ? random.nextLong(faults.lateMicros()) : 0;
        timeline.after(delay() + extra, () -> {
            if (thisProcess == process) {
                taker.take(sent);
            }
        });
    }

    private AppAnswer spoil(AppAnswer answer) {
        if (answer instanceof AppAnswer.Applied applied
                && random.nextBoolean()
                && !applied.results().isEmpty()) {
            return new AppAnswer.Applied(
                    applied.index(),
                    applied.results().subList(0, applied.results().size() / 2));
        }
        return AppAnswer.BROKEN;
    }

    private boolean happens(double chance) {
        return chance > 0 && random.nextDouble() < chance;
    }

    private long delay() {
        return 1 + random.nextLong(faults.callMicros());
    }
}
