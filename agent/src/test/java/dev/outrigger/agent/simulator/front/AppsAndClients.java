package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.simulator.FaultKind;
import dev.outrigger.agent.simulator.Host;
import dev.outrigger.agent.simulator.NodeFront;
import dev.outrigger.agent.simulator.Timeline;
import dev.outrigger.agent.simulator.Watcher;
import dev.outrigger.agent.simulator.Workload;
import dev.outrigger.agent.simulator.history.History;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * All that stands above the cores of one simulated cluster. Everything it is like is drawn from one generator, and each
 * part then has a generator of its own, so that what one part draws does not change the others.
 *
 * <p>Digests are compared while the run goes on, and the watcher is told what differs. What only the whole history shows
 * comes from {@link #audit()}.
 *
 * <p>Not final: tests break parts of it.
 */
public class AppsAndClients implements Workload, Agents {
    private final Timeline timeline;
    private final SplittableRandom random;
    private final FrontWatch watch;
    private final long paceMicros;
    private final History history = new History();
    private final SessionLimits sessions;
    private final VirtualApp[] apps;
    private final LinkOptions[] linkOptions;
    private final FrontOptions[] frontOptions;
    private final @Nullable Front[] fronts;
    private final Client[] clients;
    private final boolean[] offered;
    private boolean calm;

    /**
     * What a run is like.
     *
     * @param machines that there are
     * @param voters clients turn to the first so many machines, until {@link #calm}
     * @param clients from 1
     * @param operations how many the clients ask for at most before {@link #calm}, all together
     * @param spanMicros about how long they take for it
     * @param paceMicros about as long as an election takes: everything is waited for a few times as long
     * @param snapshotEvery entries between two snapshots, 0 for none
     */
    public record Size(
            int machines,
            int voters,
            int clients,
            int operations,
            long spanMicros,
            long paceMicros,
            int snapshotEvery) {}

    public AppsAndClients(Timeline timeline, SplittableRandom random, Size size, Watcher watcher) {
        this(timeline, random, size, new EngineWatch(watcher));
    }

    AppsAndClients(Timeline timeline, SplittableRandom random, Size size, FrontWatch watch) {
        this.timeline = timeline;
        this.random = random;
        this.watch = watch;
        this.paceMicros = size.paceMicros();
        // Between sessions that often end for want of use or room, and some that hardly do.
        long sessionMillis = 2 + paceMicros / 1000 * (random.nextBoolean() ? 2 + random.nextInt(10) : 100);
        sessions = new SessionLimits(
                random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 100,
                1 + random.nextInt(random.nextBoolean() ? 3 : 50));
        boolean reliable = random.nextInt(4) == 0;
        apps = new VirtualApp[size.machines()];
        linkOptions = new LinkOptions[size.machines()];
        frontOptions = new FrontOptions[size.machines()];
        fronts = new Front[size.machines()];
        offered = new boolean[size.machines()];
        for (int rank = 0; rank < size.machines(); rank++) {
            AppFaults faults = AppFaults.draw(random, paceMicros);
            apps[rank] = app(rank, timeline, random.split(), reliable ? AppFaults.none() : faults, watch);
            linkOptions[rank] = LinkOptions.draw(random, sessions, size.snapshotEvery(), paceMicros);
            frontOptions[rank] = FrontOptions.draw(random, paceMicros);
            offered[rank] = rank < size.voters();
        }
        clients = new Client[size.clients()];
        Client.ValueSource values = new Client.ValueSource();
        long thinkMicros = size.spanMicros() * size.clients() / Math.max(1, size.operations());
        int each = Math.max(1, size.operations() / size.clients());
        for (int i = 0; i < clients.length; i++) {
            ClientOptions options = ClientOptions.draw(random, thinkMicros, sessionMillis, each, paceMicros);
            clients[i] = new Client(i, timeline, random.split(), options, this, history, watch, values);
        }
    }

    // ---- parts, for tests that break them ----

    VirtualApp app(int rank, Timeline line, SplittableRandom ownRandom, AppFaults faults, FrontWatch watcher) {
        return new VirtualApp(rank, line, ownRandom, faults, watcher);
    }

    SessionBook book(Host host, SessionLimits limits, long resultBytesMax) {
        return new SessionBook(limits, resultBytesMax);
    }

    // ---- Workload ----

    @Override
    public NodeFront boot(Host host) {
        int rank = host.rank();
        LinkOptions link = linkOptions[rank];
        Front front = new Front(
                host,
                frontOptions[rank],
                link,
                random.split(),
                apps[rank],
                book(host, sessions, link.resultBytesMax()),
                watch);
        fronts[rank] = front;
        front.start();
        return front;
    }

    @Override
    public void begin() {
        for (Client client : clients) {
            client.start();
        }
    }

    @Override
    public void fault(int rank, FaultKind kind) {
        VirtualApp app = apps[rank];
        long micros = 1_000 + random.nextLong(4 * paceMicros);
        switch (kind) {
            case APP_CRASH_KEEP -> app.crash(VirtualApp.Loss.NOTHING, micros);
            case APP_CRASH_LOSE -> app.crash(VirtualApp.Loss.EVERYTHING, micros);
            case APP_OLD_INDEX -> app.crash(VirtualApp.Loss.LATEST, micros);
            case APP_HANG -> app.hang(micros);
            case APP_LATE -> app.beLate(micros);
            case APP_DOUBLE -> app.hearTwice(micros);
            default -> throw new IllegalArgumentException(kind + " is not a fault of applications");
        }
    }

    @Override
    public void wiped(int rank) {
        apps[rank].crash(VirtualApp.Loss.EVERYTHING, 0);
    }

    @Override
    public void calm(boolean[] healthy) {
        calm = true;
        System.arraycopy(healthy, 0, offered, 0, offered.length);
        for (VirtualApp app : apps) {
            app.calm();
        }
        for (Client client : clients) {
            client.calm();
        }
    }

    @Override
    public boolean settled() {
        for (Client client : clients) {
            if (!client.settled()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long appliedIndex(int rank) {
        Front front = front(rank);
        return front != null && front.link().attached() ? front.link().confirmedIndex() : apps[rank].appliedIndex();
    }

    @Override
    public @Nullable String audit() {
        return Audit.run(history.operations(), apps, watch);
    }

    /** What the parts are doing, for explanations. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        for (int rank = 0; rank < apps.length; rank++) {
            Front front = front(rank);
            text.append("  member ").append(rank).append(": application ");
            text.append(apps[rank].isUp() ? "up" : "down").append(" at ").append(apps[rank].appliedIndex());
            text.append(", link ")
                    .append(front == null ? "none" : front.link().describe())
                    .append('\n');
        }
        for (int i = 0; i < clients.length; i++) {
            text.append("  client ")
                    .append(i)
                    .append(clients[i].settled() ? " settled" : " waits")
                    .append('\n');
        }
        return text.toString();
    }

    /** How often this happened so far. */
    public long count(Happening what) {
        return watch.count(what);
    }

    /** How many operations clients have asked for. */
    public int operations() {
        return history.operations().size();
    }

    // ---- Agents ----

    @Override
    public int count() {
        return apps.length;
    }

    @Override
    public boolean offered(int rank) {
        return offered[rank] && (!calm || isReady(rank));
    }

    /** Whether its agent would say so on {@code /readyz}: agents of removed members run on, but know no leader. */
    private boolean isReady(int rank) {
        Front front = front(rank);
        return front != null && front.host().leader().isPresent();
    }

    @Override
    public @Nullable Front front(int rank) {
        Front front = fronts[rank];
        return front == null || front.hasStopped() ? null : front;
    }
}
