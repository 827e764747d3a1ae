package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppEvents;
import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.CommittedLog;
import dev.outrigger.agent.app.RestorableSnapshot;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.peer.PeerTransport;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.wire.Hello;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one core: turns messages, ticks, disk and application events into its inputs, and its {@link Ready}s into
 * sending, writing and delivering. All of it on one event loop; inputs that are waiting there share one Ready.
 */
final class RaftDriver implements CommittedLog, AppEvents, Commands.Group, OperatorRequests.Group, Restores.Group {
    private static final Logger LOG = LoggerFactory.getLogger(RaftDriver.class);

    private static final long NO_ROOM_RETRY_MILLIS = 100;
    /** Half of the ids of a start are for restores, which so never meet those of commands. */
    private static final long RESTORE_IDS = 1L << 39;

    private final Context context;
    private final RaftCore core;
    private final PeerTransport transport;
    private final LogThread logThread;
    private final GroupCommit groupCommit;
    private final Commands commands;
    private final Barriers barriers;
    private final OperatorRequests operators;
    private final Restores restores;
    private final Membership members;
    private final Runnable membersMoved;
    private final Duration electionTimeout;
    private final AppChannel app;
    private final NodeMetrics metrics;
    private final Problems problems;
    private final Consumer<Throwable> fatal;

    private final RecentLatency syncLatency = new RecentLatency();
    private final Vertx vertx;
    private final Snapshots snapshots;
    private final DiskSpace diskSpace;
    private final LogFeed logFeed = new LogFeed(this);
    private final CommitProgress commitProgress = new CommitProgress();
    private boolean drainScheduled;
    private boolean stopping;
    private boolean closed;
    private long appliedIndex;
    private long announcedDeliverable;
    private MembersSeen membersSeen = new MembersSeen(0, 0, true);
    private Leadership announced = new Leadership(RoleName.FOLLOWER, 0, Optional.empty());

    /**
     * @param members what {@code core} says of who belongs to the cluster, and what others say
     * @param membersMoved called when the configuration, or what is known of its being committed, has changed
     * @param cluster the cluster that this disk belongs to
     * @param storage the disk; its boot epoch rises with every start, so that ids of proposals and reads are never used twice
     * @param appChannel makes the channel to the application
     * @param fatal called when the agent must stop at once: a bug in the core or a disk that failed
     */
    RaftDriver(
            Vertx vertx,
            Context context,
            NodeOptions options,
            RaftCore core,
            Membership members,
            Runnable membersMoved,
            ClusterIdentity cluster,
            Storage storage,
            PeerTransport transport,
            LogThread logThread,
            SnapshotThread snapshotThread,
            SnapshotMetrics snapshotMetrics,
            BiFunction<CommittedLog, AppEvents, AppChannel> appChannel,
            NodeMetrics metrics,
            Consumer<Throwable> fatal) {
        this.vertx = vertx;
        this.context = context;
        this.core = core;
        this.members = members;
        this.membersMoved = membersMoved;
        this.electionTimeout = options.electionTimeout();
        this.transport = transport;
        this.logThread = logThread;
        this.metrics = metrics;
        this.fatal = fatal;
        this.groupCommit = new GroupCommit(logThread, this::onDurable, fatal, this::onNoRoom);
        // 2^40 ids for each start; a start that used them all up would have run for decades.
        long firstId = storage.recovered().bootEpoch() << 40;
        this.commands = new Commands(options.limits(), this, firstId);
        this.app = appChannel.apply(this, this);
        this.snapshots = new Snapshots(
                vertx,
                options.snapshots(),
                core,
                cluster,
                storage,
                logThread,
                snapshotThread,
                app::takeSnapshot,
                this::appAppliedIndex,
                this::input,
                fatal,
                snapshotMetrics);
        this.diskSpace = new DiskSpace(storage::room, () -> handOver(electionTimeout.multipliedBy(2)));
        this.problems = new Problems(core, transport, app::status);
        this.barriers = new Barriers(
                options.limits().waitingReadsMax(),
                core::read,
                this::appliedIndex,
                () -> problems.readExpired(),
                firstId);
        this.operators = new OperatorRequests(this, options.electionTimeout(), firstId);
        this.restores = new Restores(
                this, storage.snapshots()::decoder, UUID::randomUUID, electionTimeout, firstId + RESTORE_IDS);
        core.priority(options.self(), options.priority());
    }

    void start() {
        app.start();
        metrics.bind(core, commands, barriers, logFeed, this::appliedIndex);
        scheduleDrain();
    }

    // ---- inputs ----

    void tick() {
        input(core::tick);
        long nowNanos = System.nanoTime();
        commands.tick(nowNanos);
        barriers.tick(nowNanos);
        operators.tick(nowNanos);
        restores.tick(nowNanos);
        snapshots.tick(nowNanos);
        commitProgress.tick(core.role() == RoleName.LEADER, core.commitIndex(), core.lastIndex(), nowNanos);
        diskSpace.tick();
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

    Future<Answer<Answer.Led>> transfer(Optional<MemberId> to, Duration wait) {
        if (to.isPresent() && members.find(to.get()).isEmpty()) {
            return Future.succeededFuture(new Answer.Failed<>(Problem.of(
                    Problem.Code.UNKNOWN_MEMBER,
                    Problem.Outcome.NONE,
                    "There is no member " + to.get() + " in the cluster.")));
        }
        return ask(new TransferOrder(core, to, electionTimeout.multipliedBy(2)), wait);
    }

    /** @param met the greeting of an agent of this name that is not a member */
    Future<Answer<Answer.Changed>> changeMembers(
            MembersOrder order, Function<MemberId, Optional<Hello>> met, Duration wait) {
        MembersChange change =
                new MembersChange(order, members, met, () -> order.name().equals(core.self()) && isLeftOut());
        return change.impossible()
                .<Future<Answer<Answer.Changed>>>map(problem -> Future.succeededFuture(new Answer.Failed<>(problem)))
                .orElseGet(() -> ask(change, wait));
    }

    private <T> Future<Answer<T>> ask(OperatorOrder<T> order, Duration wait) {
        if (stopping) {
            return Future.succeededFuture(new Answer.Failed<>(problems.shuttingDown()));
        }
        return asked(order, wait);
    }

    private <T> Future<Answer<T>> asked(OperatorOrder<T> order, Duration wait) {
        Future<Answer<T>> answer = operators.ask(order, wait);
        scheduleDrain();
        return answer;
    }

    /** Who is removed through another member hears no more of the log, but only that it is refused. */
    private boolean isLeftOut() {
        return transport.peers().values().stream()
                .flatMap(peer -> peer.problem().stream())
                .anyMatch(problem -> problem.code().equals(Formation.REMOVED));
    }

    /** How gladly this member should lead, as it says itself. */
    void priority(MemberId member, int priority) {
        core.priority(member, priority);
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

    /** Takes a snapshot of the application now; answers with the one that is there when nothing has happened since. */
    Future<Answer<Snapshot>> takeSnapshot(Duration wait) {
        if (stopping) {
            return Future.succeededFuture(new Answer.Failed<>(problems.shuttingDown()));
        }
        if (!app.status().attached()) {
            return Future.succeededFuture(new Answer.Failed<>(problems.appUnavailable()));
        }
        return within(
                wait,
                snapshots.take(),
                Problem.of(
                        Problem.Code.DEADLINE,
                        Problem.Outcome.UNKNOWN,
                        "The snapshot was not done within the deadline; it goes on, and the status shows when it is there."));
    }

    private <T> Future<Answer<T>> within(Duration wait, Future<Answer<T>> answer, Problem late) {
        Promise<Answer<T>> first = Promise.promise();
        long timer =
                vertx.setTimer(Math.max(1, wait.toMillis()), ignored -> first.tryComplete(new Answer.Failed<>(late)));
        answer.onSuccess(value -> {
            vertx.cancelTimer(timer);
            first.tryComplete(value);
        });
        return first.future();
    }

    /** The last command that the application says it has applied. */
    private long appAppliedIndex() {
        return app.status().appliedIndex();
    }

    Answer<LogReader> readLog(long from) {
        return logFeed.open(from);
    }

    /** By a barrier it is known what the cluster has applied, and not only what has come here so far. */
    Future<Answer<RestoreUpload>> restore(int entryBytesMax, Duration wait) {
        if (stopping) {
            return Future.succeededFuture(new Answer.Failed<>(problems.shuttingDown()));
        }
        return barrier(wait)
                .map(confirmed ->
                        confirmed instanceof Answer.Ok<Long> ? restores.begin(entryBytesMax) : failed(confirmed));
    }

    private static <T> Answer<T> failed(Answer<?> answer) {
        return new Answer.Failed<>(((Answer.Failed<?>) answer).problem());
    }

    // ---- the core's output ----

    private void input(Runnable input) {
        if (closed) {
            return;
        }
        guarded(() -> {
            core.wallClock(System.currentTimeMillis());
            input.run();
        });
        scheduleDrain();
    }

    /** One drain for all inputs of this turn of the event loop, so that they share one write and one force. */
    private void scheduleDrain() {
        if (!drainScheduled && !closed) {
            drainScheduled = true;
            context.runOnContext(ignored -> {
                drainScheduled = false;
                if (!closed) {
                    guarded(this::drain);
                }
            });
        }
    }

    private void drain() {
        core.wallClock(System.currentTimeMillis());
        do {
            commands.pump();
            barriers.pump();
            operators.look();
            restores.pump();
            while (core.hasReady()) {
                dispatch(core.ready());
            }
            announce();
        } while (commands.hasWork() || barriers.hasWork() || restores.hasWork());
    }

    private void dispatch(Ready ready) {
        ready.sendNow().forEach(this::send);
        snapshots.logged(ready.appends());
        ready.install().ifPresent(snapshot -> snapshots.installing());
        groupCommit.add(ready).forEach(this::send);
        ready.fetches().forEach(this::fetch);
        ready.receipts().forEach(receipt -> {
            commands.receipt(receipt);
            restores.receipt(receipt);
        });
        ready.reads().forEach(barriers::granted);
        ready.controls().forEach(operators::receipt);
        ready.chunkFetches().forEach(snapshots::fetch);
        ready.chunkWrites().forEach(snapshots::store);
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
        batch.installed().ifPresent(snapshots::installed);
    }

    /** Nothing is acknowledged until it could be written; a leader hands over meanwhile. */
    private void onNoRoom(Runnable again) {
        vertx.setTimer(NO_ROOM_RETRY_MILLIS, ignored -> again.run());
    }

    /** Tells the application and the waiting clients what has changed. */
    private void announce() {
        announceMembers();
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
            logFeed.committed();
        }
    }

    private void announceMembers() {
        MembersSeen now = new MembersSeen(
                core.configurationIndex(),
                core.termAt(core.configurationIndex()),
                core.configurationIndex() <= core.commitIndex());
        if (!now.equals(membersSeen)) {
            membersSeen = now;
            members.follow();
            LOG.info("members by entry {}{}: {}", now.index(), now.committed() ? "" : ", not committed yet", members);
            membersMoved.run();
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
        restores.appliedIndexMoved();
    }

    @Override
    public void restoreVoid(long index, boolean stateBefore, String reason) {
        restores.voided(index, stateBefore, reason);
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
        if (firstIndex < core.firstIndex()) {
            return noLongerHeld(firstIndex);
        }
        return core.deliverable(firstIndex, bytesMax)
                .map(Future::succeededFuture)
                .orElseGet(() -> readFromDisk(firstIndex, bytesMax));
    }

    private <T> Future<T> noLongerHeld(long index) {
        return Future.failedFuture(
                "index " + index + " is before the log's first, " + core.firstIndex() + "; a snapshot holds it");
    }

    @Override
    public Optional<RestorableSnapshot> snapshot() {
        return snapshots.restorable();
    }

    private Future<List<Entry>> readFromDisk(long firstIndex, int bytesMax) {
        return logThread
                .read(firstIndex, bytesMax)
                .onFailure(fatal::accept)
                .compose(entries -> entries.isEmpty() ? noLongerHeld(firstIndex) : Future.succeededFuture(entries))
                .map(entries -> entries.stream()
                        .takeWhile(entry -> entry.index() <= core.deliverableIndex())
                        .toList());
    }

    // ---- what commands need to know ----

    @Override
    public Optional<Problem> closed() {
        return stopping ? Optional.of(problems.shuttingDown()) : problems.unableToPropose();
    }

    @Override
    public Optional<Problem> full() {
        return diskSpace.problem();
    }

    @Override
    public void propose(long proposalId, List<Payload> payloads) {
        core.propose(proposalId, payloads);
    }

    @Override
    public void proposeRestore(long proposalId, Payload part) {
        core.propose(proposalId, Entry.Kind.RESTORE, List.of(part));
    }

    @Override
    public boolean isEmpty() {
        return appAppliedIndex() == 0 && core.snapshot().isEmpty() && core.firstIndex() == 1;
    }

    @Override
    public void wake() {
        scheduleDrain();
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
    public void control(long requestId, Control control) {
        core.control(requestId, control);
        scheduleDrain();
    }

    @Override
    public boolean leaderKnown() {
        return core.leader().isPresent();
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

    @Override
    public Problem noLeader() {
        return problems.noLeader();
    }

    AppStatus appStatus() {
        return app.status();
    }

    Optional<Long> syncP99Micros() {
        return syncLatency.p99Micros();
    }

    Snapshots snapshots() {
        return snapshots;
    }

    /** Since when nothing is committed any more, though there is something to commit; known to a leader only. */
    Optional<Duration> commitStalled(long nowNanos) {
        return commitProgress.stalled(nowNanos).filter(since -> since.compareTo(electionTimeout.multipliedBy(2)) > 0);
    }

    DiskSpace diskSpace() {
        return diskSpace;
    }

    /** Takes nothing new. */
    void stopIntake() {
        stopping = true;
        commands.refuseWaiting(problems.shuttingDown());
        restores.close(problems.shuttingDown());
        logFeed.close(problems.shuttingDown());
    }

    /** Lets another member lead, if this one does, so that nobody has to wait for an election. */
    Future<Void> handOver(Duration wait) {
        if (core.role() != RoleName.LEADER) {
            return Future.succeededFuture();
        }
        return asked(new TransferOrder(core, Optional.empty(), wait), wait)
                .onSuccess(answer -> LOG.info("handing the leadership over: {}", answer))
                .mapEmpty();
    }

    /** Whether clients still wait for commands, or the disk for work. */
    boolean isQuiet() {
        return commands.pending() == 0 && groupCommit.isIdle();
    }

    /** From here on the core hears nothing more: the peers and the disk are about to go. */
    Future<Void> close() {
        closed = true;
        groupCommit.close();
        snapshots.close();
        commands.close();
        barriers.close(problems.shuttingDown());
        operators.close();
        restores.close(problems.shuttingDown());
        return app.close();
    }

    /** The configuration in force, as last told to the owner. */
    private record MembersSeen(long index, long term, boolean committed) {}

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
