package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppEvents;
import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.CommittedLog;
import dev.outrigger.agent.app.RestorableSnapshot;
import dev.outrigger.agent.app.Ruling;
import dev.outrigger.agent.app.SkipDecision;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Control;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.LogFetch;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.peer.PeerTransport;
import dev.outrigger.agent.session.SessionResult;
import dev.outrigger.agent.session.Verdict;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Quarantine;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.wire.Hello;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
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
    /** Half of the rest are for decisions to skip. */
    private static final long SKIP_IDS = 1L << 38;

    private final Context context;
    private final RaftCore core;
    private final PeerTransport transport;
    private final LogThread logThread;
    private final SnapshotThread snapshotThread;
    private final GroupCommit groupCommit;
    private final Commands commands;
    private final Barriers barriers;
    private final ClientSessions sessions;
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
    private final LogFeed logFeed;
    private final AppCare care;
    private final Skips skips;
    private final SkipRequests skipRequests;
    private long deliverableIndex;
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
        this.snapshotThread = snapshotThread;
        this.metrics = metrics;
        this.fatal = fatal;
        this.groupCommit = new GroupCommit(logThread, this::onDurable, fatal, this::onNoRoom);
        // 2^40 ids for each start; a start that used them all up would have run for decades.
        long firstId = storage.recovered().bootEpoch() << 40;
        this.logFeed = new LogFeed(this, new SessionName(cluster.clusterId()));
        this.commands = new Commands(options.limits(), this, firstId);
        LogOutline found = storage.recovered().log();
        this.skips = new Skips(found.skips(), found.lastIndex());
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
        this.care = new AppCare(
                vertx,
                options,
                core,
                app,
                logThread,
                snapshots,
                storage.quarantine(),
                this::appliedIndex,
                this::send,
                this::quarantined,
                fatal);
        this.problems = new Problems(core, transport, app::status, care::quarantine);
        this.skipRequests = new SkipRequests(
                core,
                skips,
                index -> read(index, 1).map(entries -> entries.get(0)),
                care::members,
                problems::noLeader,
                this::scheduleDrain,
                firstId + SKIP_IDS);
        this.barriers = new Barriers(
                options.limits().waitingReadsMax(),
                core::read,
                this::appliedIndex,
                () -> problems.readExpired(),
                firstId);
        this.sessions = new ClientSessions(
                cluster.clusterId(),
                options.sessionTimeToLive().toMillis(),
                commands,
                barriers,
                app.sessions(),
                () -> app.status().attached() ? Optional.empty() : Optional.of(problems.appUnavailable()),
                this::isSkipped);
        this.operators = new OperatorRequests(this, options.electionTimeout(), firstId);
        this.restores = new Restores(
                this, storage.snapshots()::decoder, UUID::randomUUID, electionTimeout, firstId + RESTORE_IDS);
        core.priority(options.self(), options.priority());
    }

    void start() {
        app.start();
        metrics.bind(core, commands, barriers, logFeed, this::appliedIndex, care);
        scheduleDrain();
    }

    // ---- inputs ----

    void tick() {
        long nowNanos = System.nanoTime();
        input(() -> {
            care.tick(nowNanos);
            core.tick();
        });
        commands.tick(nowNanos);
        barriers.tick(nowNanos);
        operators.tick(nowNanos);
        restores.tick(nowNanos);
        skipRequests.tick(nowNanos);
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

    Future<List<Answer<Applied>>> submit(List<ClientCommand> submitted, Duration wait) {
        Future<List<Answer<Applied>>> answers = sessions.submit(submitted, wait);
        scheduleDrain();
        return answers;
    }

    Future<Answer<Answer.Opened>> openSession(OptionalLong timeToLiveMillis, Duration wait) {
        Future<Answer<Answer.Opened>> opened = sessions.open(timeToLiveMillis, wait);
        scheduleDrain();
        return opened;
    }

    Future<Answer<Long>> closeSession(String session, Duration wait) {
        Future<Answer<Long>> closed = sessions.close(session, wait);
        scheduleDrain();
        return closed;
    }

    Future<Answer<Answer.Numbered>> sessionCommand(String session, long sequence, Duration wait) {
        Future<Answer<Answer.Numbered>> known = sessions.look(session, sequence, wait);
        scheduleDrain();
        return known;
    }

    Future<Answer<Long>> barrier(Duration wait) {
        Optional<Problem> quarantine = problems.quarantined();
        if (quarantine.isPresent()) {
            return Future.succeededFuture(new Answer.Failed<>(quarantine.get()));
        }
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

    /**
     * How gladly this member should lead, as it says itself.
     *
     * @param isNear whether it runs in the zone of this one
     */
    void preference(MemberId member, int priority, boolean isNear) {
        core.priority(member, priority);
        core.near(member, isNear);
    }

    Future<Answer<Payload>> query(Payload query, boolean linearizable, long minIndex, Duration wait) {
        Optional<Problem> quarantine = problems.quarantined();
        if (quarantine.isPresent()) {
            return Future.succeededFuture(new Answer.Failed<>(quarantine.get()));
        }
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
        Optional<Problem> quarantine = problems.quarantined();
        if (quarantine.isPresent() || !app.status().attached()) {
            return Future.succeededFuture(new Answer.Failed<>(quarantine.orElseGet(problems::appUnavailable)));
        }
        return within(
                wait,
                snapshots.take(),
                Problem.of(
                        Problem.Code.DEADLINE,
                        Problem.Outcome.UNKNOWN,
                        "The snapshot was not done within the deadline; it goes on, and the status shows when it is there."));
    }

    /** Has the application given a clean state; answers when it is trusted again, with where it stands then. */
    Future<Answer<Long>> resync(Duration wait) {
        if (stopping) {
            return Future.succeededFuture(new Answer.Failed<>(problems.shuttingDown()));
        }
        if (care.quarantine().isEmpty()) {
            return Future.succeededFuture(new Answer.Failed<>(Problem.of(
                    Problem.Code.NOT_QUARANTINED,
                    Problem.Outcome.NONE,
                    "The application beside this agent is not in quarantine; nothing was done.")));
        }
        return within(
                wait,
                care.resync().map(done -> new Answer.Ok<>(appAppliedIndex())),
                () -> Problem.of(
                        Problem.Code.DEADLINE,
                        Problem.Outcome.UNKNOWN,
                        "The resync was not done within the deadline; it goes on by itself. "
                                + app.status().reason().orElse("")
                                + care.resyncTrouble()
                                        .map(why -> " The leader gave no snapshot: " + why + ".")
                                        .orElse("")));
    }

    private <T> Future<Answer<T>> within(Duration wait, Future<Answer<T>> answer, Problem late) {
        return within(wait, answer, () -> late);
    }

    private <T> Future<Answer<T>> within(Duration wait, Future<Answer<T>> answer, Supplier<Problem> late) {
        Promise<Answer<T>> first = Promise.promise();
        long timer = vertx.setTimer(
                Math.max(1, wait.toMillis()), ignored -> first.tryComplete(new Answer.Failed<>(late.get())));
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
        ready.install().ifPresent(snapshot -> {
            snapshots.installing();
            skips.installed(snapshot.index());
        });
        skips.appended(ready.appends());
        groupCommit.add(ready).forEach(this::send);
        ready.fetches().forEach(this::fetch);
        ready.receipts().forEach(receipt -> {
            commands.receipt(receipt);
            restores.receipt(receipt);
            skipRequests.receipt(receipt);
        });
        ready.reads().forEach(barriers::granted);
        ready.controls().forEach(operators::receipt);
        ready.chunkFetches().forEach(snapshots::fetch);
        ready.chunkWrites().forEach(snapshots::store);
        ready.appReports().forEach(care::received);
    }

    private void send(Message message) {
        if (!transport.send(message)) {
            core.dropped(message);
        } else if (message instanceof Message.AppendResponse answer && answer.accepted()) {
            care.acknowledged(answer.to());
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
                commands.leaderChanged();
                barriers.retry();
            }
            metrics.leadership(announced, now);
            announced = now;
            app.leadership(now.roleName(), now.term(), now.leader());
        }
        skips.committed(core.commitIndex()).forEach(this::skipDecided);
        if (deliverableIndex() > announcedDeliverable) {
            announcedDeliverable = deliverableIndex();
            app.committed();
            logFeed.committed();
        }
    }

    /** An application that has applied the command all the same has gone another way than the others will. */
    private void skipDecided(Skips.Decided skip) {
        SkipDecision decision = skip.decision();
        LOG.warn("SKIP: the command at index {} is passed over: {}", decision.index(), decision.reason());
        long applied = app.status().appliedIndex();
        if (skip.foundAtStart() ? applied == decision.index() : applied >= decision.index()) {
            appliedSkipped(decision.index());
        }
        app.skip(decision.index());
        skipRequests.decided(decision.index());
    }

    @Override
    public void appliedSkipped(long index) {
        care.quarantine(new Quarantine(
                index,
                "The application of " + core.self() + " has applied the command at index " + index
                        + ", which all others pass over."));
    }

    /** Has a command passed over that an application cannot apply; answers when that is committed. */
    Future<Answer<Answer.Skipped>> skip(long index, String reason, Duration wait) {
        return stopping
                ? Future.succeededFuture(new Answer.Failed<>(problems.shuttingDown()))
                : skipRequests.skip(index, reason, wait);
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
        care.answered(entries, results);
        commands.applied(entries, results);
    }

    @Override
    public void stateHash(long index, Payload stateHash) {
        care.state(index, stateHash);
    }

    @Override
    public void cleanState() {
        care.cleanState();
    }

    /** Nobody gets an answer of an application that is not to be trusted. */
    private void quarantined(Quarantine mark) {
        Problem problem = problems.quarantined().orElseThrow();
        commands.failAll(problem.code(), problem.detail());
        barriers.close(problem);
    }

    @Override
    public void passed(List<Ruling> rulings) {
        for (Ruling ruling : rulings) {
            if (ruling.kind() == Ruling.Kind.SKIPPED) {
                long index = ruling.entry().index();
                commands.skipped(index, ruling.firstIndex() > 0 ? ruling.firstIndex() : index);
            }
        }
        commands.passed(rulings);
    }

    @Override
    public void resultsLost(long firstIndex, long lastIndex) {
        care.missed(lastIndex);
        commands.resultsLost(firstIndex, lastIndex);
    }

    @Override
    public void appliedIndex(long index) {
        appliedIndex = index;
        care.applied(index);
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
        long certain = Math.min(core.deliverableIndex(), skips.certainUpTo());
        deliverableIndex = Math.max(deliverableIndex, certain);
        return deliverableIndex;
    }

    @Override
    public boolean isSkipped(long index) {
        return skips.isSkipped(index);
    }

    @Override
    public Future<List<Entry>> read(long firstIndex, int bytesMax) {
        if (firstIndex < core.firstIndex()) {
            return noLongerHeld(firstIndex);
        }
        return core.deliverable(firstIndex, bytesMax)
                .map(this::deliverable)
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

    @Override
    public Future<Payload> sessions(RestorableSnapshot snapshot) {
        return snapshots.sessions(snapshot);
    }

    @Override
    public Future<Optional<Payload>> checkpoint() {
        return snapshotThread.sessions();
    }

    @Override
    public Future<Void> keepCheckpoint(Supplier<Payload> encoding) {
        return snapshotThread.keepSessions(encoding);
    }

    private Future<List<Entry>> readFromDisk(long firstIndex, int bytesMax) {
        return logThread
                .read(firstIndex, bytesMax)
                .onFailure(fatal::accept)
                .compose(entries -> entries.isEmpty() ? noLongerHeld(firstIndex) : Future.succeededFuture(entries))
                .map(this::deliverable);
    }

    private List<Entry> deliverable(List<Entry> entries) {
        long last = deliverableIndex();
        return entries.get(entries.size() - 1).index() <= last
                ? entries
                : entries.stream().takeWhile(entry -> entry.index() <= last).toList();
    }

    // ---- what commands need to know ----

    @Override
    public Optional<Problem> closed() {
        return stopping ? Optional.of(problems.shuttingDown()) : problems.unableToPropose();
    }

    @Override
    public Optional<Problem> full() {
        return problems.quarantined().or(diskSpace::problem);
    }

    @Override
    public void propose(long proposalId, Entry.Kind kind, List<Payload> data) {
        core.propose(proposalId, kind, data);
    }

    @Override
    public Verdict look(long session, long number, long bodyHash) {
        return app.sessions().look(session, number, bodyHash);
    }

    @Override
    public Optional<SessionResult> result(long session, long number) {
        return app.sessions().result(session, number);
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
    public boolean isCompacted(long index) {
        return index < core.firstIndex() - 1;
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

    NodeStatus.Sessions sessionsStatus() {
        return new NodeStatus.Sessions(app.sessions().open(), app.sessions().resultBytes());
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

    AppCare care() {
        return care;
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
        return core.role() == RoleName.LEADER ? giveUpLead(wait).mapEmpty() : Future.succeededFuture();
    }

    /** The same for who must know what came of it; to be called on a leader. */
    Future<Answer<Answer.Led>> giveUpLead(Duration wait) {
        return asked(new TransferOrder(core, Optional.empty(), wait), wait)
                .onSuccess(answer -> LOG.info("handing the leadership over: {}", answer));
    }

    /** Whether clients still wait for commands, or the disk for work. */
    boolean isQuiet() {
        return commands.pending() == 0 && groupCommit.isIdle();
    }

    /** From here on the core hears nothing more: the peers and the disk are about to go. */
    Future<Void> close() {
        closed = true;
        care.close();
        groupCommit.close();
        snapshots.close();
        commands.close();
        barriers.close(problems.shuttingDown());
        operators.close();
        skipRequests.close();
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
