package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppEvents;
import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.CommittedLog;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.peer.PeerTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one core: turns messages, ticks, disk and application events into its inputs, and its {@link Ready}s into
 * sending, writing and delivering. All of it on one event loop; inputs that are waiting there share one Ready.
 */
final class RaftDriver implements CommittedLog, AppEvents, Commands.Group {
    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);

    private final Context context;
    private final RaftCore core;
    private final PeerTransport transport;
    private final LogThread logThread;
    private final GroupCommit groupCommit;
    private final Commands commands;
    private final Barriers barriers;
    private final AppChannel app;
    private final NodeMetrics metrics;
    private final Problems problems;
    private final Consumer<Throwable> fatal;

    private final RecentLatency syncLatency = new RecentLatency();
    private boolean drainScheduled;
    private boolean stopping;
    private long appliedIndex;
    private long announcedDeliverable;
    private Leadership announced = new Leadership(RoleName.FOLLOWER, 0, Optional.empty());

    /**
     * @param bootEpoch rises with every start, so that ids of proposals and reads are never used twice
     * @param appChannel makes the channel to the application
     * @param fatal called when the agent must stop at once: a bug in the core or a disk that failed
     */
    RaftDriver(
            Context context,
            NodeOptions options,
            RaftCore core,
            long bootEpoch,
            PeerTransport transport,
            LogThread logThread,
            BiFunction<CommittedLog, AppEvents, AppChannel> appChannel,
            NodeMetrics metrics,
            Consumer<Throwable> fatal) {
        this.context = context;
        this.core = core;
        this.transport = transport;
        this.logThread = logThread;
        this.metrics = metrics;
        this.fatal = fatal;
        this.groupCommit = new GroupCommit(logThread, this::onDurable, fatal);
        // 2^40 ids for each start; a start that used them all up would have run for decades.
        long firstId = bootEpoch << 40;
        this.commands = new Commands(options.limits(), this, firstId);
        this.app = appChannel.apply(this, this);
        this.problems = new Problems(core, transport, app::status);
        this.barriers = new Barriers(
                options.limits().waitingReadsMax(),
                core::read,
                this::appliedIndex,
                () -> problems.readExpired(),
                firstId);
    }

    void start() {
        app.start();
        metrics.bind(core, commands, barriers, this::appliedIndex);
        scheduleDrain();
    }

    // ---- inputs ----

    void tick() {
        input(core::tick);
        long nowNanos = System.nanoTime();
        commands.tick(nowNanos);
        barriers.tick(nowNanos);
    }

    void receive(Message message) {
        input(() -> core.step(message));
    }

    void peerDisconnected(MemberId peer) {
        input(() -> core.disconnected(peer));
    }

    Future<List<Answer<Applied>>> submit(List<Payload> payloads, Duration wait) {
        Future<List<Answer<Applied>>> answers = commands.submit(payloads, wait);
        scheduleDrain();
        return answers;
    }

    Future<Answer<Long>> barrier(Duration wait) {
        Future<Answer<Long>> barrier = barriers.barrier(wait);
        scheduleDrain();
        return barrier;
    }

    Future<Answer<Payload>> query(Payload query, boolean linearizable, long minIndex, Duration wait) {
        if (!linearizable) {
            return queryAt(query, minIndex, wait);
        }
        return barrier(wait)
                .compose(confirmed -> confirmed instanceof Answer.Ok<Long> ok
                        ? queryAt(query, Math.max(minIndex, ok.value()), wait)
                        : Future.succeededFuture(failed(confirmed)));
    }

    private Future<Answer<Payload>> queryAt(Payload query, long index, Duration wait) {
        return barriers.applied(index, wait)
                .compose(applied -> applied instanceof Answer.Ok<Long>
                        ? app.query(query).map(problems::answer)
                        : Future.succeededFuture(failed(applied)));
    }

    private static <T> Answer<T> failed(Answer<?> answer) {
        return new Answer.Failed<>(((Answer.Failed<?>) answer).problem());
    }

    // ---- the core's output ----

    private void input(Runnable input) {
        guarded(() -> {
            core.wallClock(System.currentTimeMillis());
            input.run();
        });
        scheduleDrain();
    }

    /** One drain for all inputs of this turn of the event loop, so that they share one write and one force. */
    private void scheduleDrain() {
        if (!drainScheduled) {
            drainScheduled = true;
            context.runOnContext(ignored -> {
                drainScheduled = false;
                guarded(this::drain);
            });
        }
    }

    private void drain() {
        core.wallClock(System.currentTimeMillis());
        do {
            commands.pump();
            barriers.pump();
            while (core.hasReady()) {
                dispatch(core.ready());
            }
            announce();
        } while (commands.hasWork() || barriers.hasWork());
    }

    private void dispatch(Ready ready) {
        ready.sendNow().forEach(this::send);
        groupCommit.add(ready).forEach(this::send);
        ready.fetches().forEach(this::fetch);
        ready.receipts().forEach(commands::receipt);
        ready.reads().forEach(barriers::granted);
    }

    private void send(Message message) {
        if (!transport.send(message)) {
            core.dropped(message);
        }
    }

    private void fetch(LogFetch fetch) {
        logThread.read(fetch.firstIndex(), fetch.bytesMax()).onComplete(read -> {
            if (read.failed()) {
                fatal.accept(read.cause());
            } else {
                input(() -> core.fetched(fetch.follower(), read.result()));
            }
        });
    }

    private void onDurable(GroupCommit.Batch batch, long tookNanos) {
        syncLatency.record(tookNanos);
        metrics.synced(tookNanos, batch.entryCount());
        guarded(() -> batch.messages().forEach(this::send));
        input(() -> core.persisted(batch.readyNumber()));
    }

    /** Tells the application and the waiting clients what has changed. */
    private void announce() {
        Leadership now = new Leadership(core.role(), core.term(), core.leader());
        if (!now.equals(announced)) {
            LOG.info("{} in term {}, leader {}", now.role(), now.term(), now.leaderName());
            if (now.leader().isPresent()) {
                commands.retry();
                barriers.retry();
            }
            metrics.leadership(announced, now);
            announced = now;
            app.leadership(now.roleName(), now.term(), now.leader());
        }
        if (core.deliverableIndex() > announcedDeliverable) {
            announcedDeliverable = core.deliverableIndex();
            app.committed();
        }
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error bug) {
            // Not caught to go on: a core that broke its own rules must not send or write anything more.
            fatal.accept(bug);
            throw bug;
        }
    }

    // ---- the application's side ----

    @Override
    public void applied(List<Entry> entries, List<Result> results) {
        commands.applied(entries, results);
    }

    @Override
    public void resultsLost(long firstIndex, long lastIndex) {
        commands.resultsLost(firstIndex, lastIndex);
    }

    @Override
    public void appliedIndex(long index) {
        appliedIndex = index;
        commands.appliedIndex(index);
        barriers.appliedIndex(index);
    }

    @Override
    public void stateChanged(AppStatus status) {
        LOG.info(
                "application {}{}",
                status.state(),
                status.reason().map(reason -> ": " + reason).orElse(""));
        commands.retry();
        scheduleDrain();
    }

    @Override
    public long firstIndex() {
        return core.firstIndex();
    }

    @Override
    public long lastIndex() {
        return core.lastIndex();
    }

    @Override
    public long deliverableIndex() {
        return core.deliverableIndex();
    }

    @Override
    public Future<List<Entry>> read(long firstIndex, int bytesMax) {
        return core.deliverable(firstIndex, bytesMax)
                .map(Future::succeededFuture)
                .orElseGet(() -> readFromDisk(firstIndex, bytesMax));
    }

    private Future<List<Entry>> readFromDisk(long firstIndex, int bytesMax) {
        return logThread
                .read(firstIndex, bytesMax)
                .map(entries -> entries.stream()
                        .takeWhile(entry -> entry.index() <= core.deliverableIndex())
                        .toList())
                .onFailure(fatal::accept);
    }

    // ---- what commands need to know ----

    @Override
    public Optional<Problem> closed() {
        return stopping ? Optional.of(problems.shuttingDown()) : problems.unableToPropose();
    }

    @Override
    public void propose(long proposalId, List<Payload> payloads) {
        core.propose(proposalId, payloads);
    }

    @Override
    public long commitIndex() {
        return core.commitIndex();
    }

    @Override
    public long appliedIndex() {
        return appliedIndex;
    }

    @Override
    public long termAt(long index) {
        return index <= core.lastIndex() ? core.termAt(index) : 0;
    }

    @Override
    public Optional<MemberId> leader() {
        return core.leader();
    }

    @Override
    public boolean appAttached() {
        return app.status().attached();
    }

    // ---- view and end ----

    RaftCore core() {
        return core;
    }

    Leadership leadership() {
        return announced;
    }

    Problem noLeader() {
        return problems.noLeader();
    }

    AppStatus appStatus() {
        return app.status();
    }

    Optional<Long> syncP99Micros() {
        return syncLatency.p99Micros();
    }

    /** Takes nothing new. */
    void stopIntake() {
        stopping = true;
        commands.refuseWaiting(problems.shuttingDown());
    }

    /** Whether clients still wait for commands, or the disk for work. */
    boolean isQuiet() {
        return commands.pending() == 0 && groupCommit.isIdle();
    }

    Future<Void> close() {
        commands.close();
        barriers.close(problems.shuttingDown());
        return app.close();
    }

    /** Who leads, as told to the application and the log. */
    record Leadership(RoleName role, long term, Optional<MemberId> leader) {
        String roleName() {
            return switch (role) {
                case LEADER -> "leader";
                case FOLLOWER -> "follower";
                case PRE_CANDIDATE -> "pre-candidate";
                case CANDIDATE -> "candidate";
            };
        }

        String leaderName() {
            return leader.map(MemberId::name).orElse("unknown");
        }
    }
}
