package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppEvents;
import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.CommittedLog;
import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.LogOutline;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.AutomaticReplacement.Verdict.Kind;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.peer.Admission;
import dev.outrigger.agent.peer.PeerEvents;
import dev.outrigger.agent.peer.PeerOptions;
import dev.outrigger.agent.peer.PeerTransport;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.PutAside;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.wire.Hello;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent's member of its cluster: greets its peers, forms or joins the cluster, and from then on drives the group.
 * Everything runs on one event loop, and nothing there blocks.
 */
public final class AgentNode implements Node, PeerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(AgentNode.class);

    private static final long PUT_ASIDE_LOOK_MILLIS = 5_000;

    private static final long SAVE_RETRY_MILLIS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final NodeOptions options;
    private final Storage storage;
    private final LogThread logThread;
    private final SnapshotThread snapshotThread;
    private final SnapshotMetrics snapshotMetrics;
    private final Formation formation;
    private final PeerTransport transport;
    private final BiFunction<CommittedLog, AppEvents, AppChannel> appChannel;
    private final NodeMetrics metrics;
    private final Consumer<Throwable> fatal;
    private final Diagnoses diagnoses = new Diagnoses();
    private final AutomaticReplacement replacement;
    private final long startNanos = System.nanoTime();

    private Optional<RaftDriver> driver = Optional.empty();
    private boolean joining;
    private boolean stopped;
    private List<PutAside> putAside = List.of();
    private volatile long lastTickNanos = System.nanoTime();

    /**
     * @param context the event loop that owns the node
     * @param storage open; the node closes it
     * @param peerTransport makes the transport from the local greeting and the node
     * @param appChannel makes the channel to the application
     * @param fatal called when the agent must stop at once
     */
    public AgentNode(
            Vertx vertx,
            Context context,
            NodeOptions options,
            Storage storage,
            BiFunction<Supplier<Hello>, PeerEvents, PeerTransport> peerTransport,
            BiFunction<CommittedLog, AppEvents, AppChannel> appChannel,
            MeterRegistry registry,
            Consumer<Throwable> fatal) {
        this.vertx = vertx;
        this.context = context;
        this.options = options;
        this.storage = storage;
        this.logThread = new LogThread(storage, context);
        this.snapshotThread = new SnapshotThread(storage.snapshots(), context);
        this.snapshotMetrics = new SnapshotMetrics(registry);
        this.formation = new Formation(
                options,
                storage.recovered().storageId(),
                isBlank(storage.recovered().log()),
                storage.rejoins());
        this.replacement = new AutomaticReplacement(options.self(), options.electionTimeout());
        this.appChannel = appChannel;
        this.metrics = new NodeMetrics(registry);
        this.fatal = fatal;
        this.transport = peerTransport.apply(this::hello, this);
    }

    /** Starts on the node's event loop. Fails when the peer address cannot be bound. */
    public Future<Void> start() {
        Promise<Void> started = Promise.promise();
        context.runOnContext(ignored -> {
            storage.recovered().cluster().ifPresent(this::startDriver);
            transport.start().onComplete(started);
            considerJoining();
            scheduleTick();
            lookForPutAside();
            refreshDiagnoses();
        });
        return started.future();
    }

    /**
     * Takes nothing new, hands the leadership over, waits a moment for what is under way, and ends: the application
     * channel, the peers, the disk.
     * Never removes the member from its cluster.
     */
    public Future<Void> stop() {
        Promise<Void> ended = Promise.promise();
        context.runOnContext(ignored -> {
            driver.ifPresent(RaftDriver::stopIntake);
            long deadlineNanos =
                    System.nanoTime() + options.limits().shutdownGrace().toNanos();
            handOver()
                    .eventually(() -> awaitQuiet(deadlineNanos))
                    .eventually(() -> driver.map(RaftDriver::close).orElseGet(Future::succeededFuture))
                    .eventually(transport::close)
                    .eventually(() -> {
                        stopped = true;
                        return snapshotThread.close().eventually(logThread::close);
                    })
                    .onComplete(ended);
        });
        return ended.future();
    }

    /** When the event loop last ticked, by {@link System#nanoTime()}; any thread. */
    public long lastTickNanos() {
        return lastTickNanos;
    }

    // ---- Node ----

    @Override
    public Context context() {
        return context;
    }

    @Override
    public Future<List<Answer<Applied>>> submit(List<Payload> commands, Duration wait) {
        if (driver.isPresent()) {
            return driver.get().submit(commands, wait);
        }
        List<Answer<Applied>> answers = new ArrayList<>();
        commands.forEach(command -> answers.add(new Answer.Failed<>(forming())));
        return Future.succeededFuture(answers);
    }

    @Override
    public Future<Answer<Long>> barrier(Duration wait) {
        return driver.map(group -> group.barrier(wait))
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<Payload>> query(Payload query, boolean linearizable, long minIndex, Duration wait) {
        return driver.map(group -> group.query(query, linearizable, minIndex, wait))
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<Answer.Led>> transfer(Optional<MemberId> to, Duration wait) {
        return driver.map(group -> group.transfer(to, wait))
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<Answer.Changed>> changeMembers(MembersOrder order, Duration wait) {
        if (order instanceof MembersOrder.Add add && !PeerOptions.isAddress(add.peer())) {
            return Future.succeededFuture(new Answer.Failed<>(
                    Problem.of(Code.MALFORMED, Outcome.NONE, "peer is not host:port: '" + add.peer() + "'.")));
        }
        return driver.map(group -> group.changeMembers(order, formation::met, wait))
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<Snapshot>> takeSnapshot(Duration wait) {
        return driver.map(group -> group.takeSnapshot(wait))
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<BackupDownload>> latestSnapshot() {
        return driver.map(group -> group.snapshots().downloads().begin())
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<RestoreUpload>> restore(int entryBytesMax, Duration wait) {
        return driver.map(group -> group.restore(entryBytesMax, wait))
                .orElseGet(() -> Future.succeededFuture(new Answer.Failed<>(forming())));
    }

    @Override
    public Future<Answer<LogReader>> readLog(long from) {
        return Future.succeededFuture(
                driver.map(group -> group.readLog(from)).orElseGet(() -> new Answer.Failed<>(forming())));
    }

    @Override
    public NodeStatus status() {
        refreshDiagnoses();
        Optional<RaftCore> core = driver.map(RaftDriver::core);
        return new NodeStatus(
                options.clusterName(),
                formation.cluster().map(ClusterIdentity::clusterId),
                new NodeStatus.Self(
                        options.self(),
                        storage.recovered().storageId(),
                        storage.recovered().bootEpoch(),
                        options.version(),
                        options.zone(),
                        Duration.ofNanos(System.nanoTime() - startNanos).toMillis()),
                role(),
                core.map(RaftCore::term).orElse(0L),
                core.flatMap(RaftCore::leader),
                logStatus(core),
                core.flatMap(RaftCore::snapshot)
                        .map(snapshot -> new NodeStatus.Snapshot(snapshot.index(), snapshot.term(), snapshot.bytes())),
                appStatus(),
                members(core),
                diagnoses.current());
    }

    private String role() {
        if (driver.isEmpty()) {
            return storage.rejoins().isPresent() ? "rejoining" : "forming";
        }
        RaftDriver.Leadership leadership = driver.get().leadership();
        Optional<Configuration.Member> self = members().map(all -> all.get(options.self()));
        if (leadership.role() != RoleName.FOLLOWER
                || self.filter(Configuration.Member::votes).isPresent()) {
            return leadership.roleName();
        }
        return self.isPresent() ? "learner" : "removed";
    }

    private NodeStatus.Log logStatus(Optional<RaftCore> core) {
        return new NodeStatus.Log(
                core.map(RaftCore::firstIndex).orElse(1L),
                core.map(RaftCore::lastIndex).orElse(0L),
                core.map(RaftCore::durableIndex).orElse(0L),
                core.map(RaftCore::commitIndex).orElse(0L),
                core.map(RaftCore::clusterCommitIndex).orElse(0L),
                driver.map(RaftDriver::appliedIndex).orElse(0L),
                storage.bytesOnDisk(),
                driver.flatMap(RaftDriver::syncP99Micros));
    }

    private AppStatus appStatus() {
        return driver.map(RaftDriver::appStatus)
                .orElseGet(() -> new AppStatus(
                        AppStatus.State.WAITING,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        0,
                        Optional.of("The cluster is not formed yet."),
                        startNanos));
    }

    private List<NodeStatus.Member> members(Optional<RaftCore> core) {
        Map<MemberId, PeerTransport.PeerView> peers = transport.peers();
        SortedMap<MemberId, Configuration.Member> known = members().orElseGet(TreeMap::new);
        List<NodeStatus.Member> members = new ArrayList<>();
        addresses().forEach((member, address) -> {
            boolean votes = Optional.ofNullable(known.get(member))
                    .map(Configuration.Member::votes)
                    .orElse(true);
            Optional<PeerTransport.PeerView> peer = Optional.ofNullable(peers.get(member));
            boolean self = member.equals(options.self());
            members.add(new NodeStatus.Member(
                    member,
                    address,
                    votes ? "voter" : "learner",
                    core.flatMap(leader -> leader.matchIndex(member)),
                    peer.flatMap(PeerTransport.PeerView::lastContactNanos).map(AgentNode::millisSince),
                    self ? options.zone() : peer.flatMap(AgentNode::zone),
                    self
                            ? Optional.of(options.version())
                            : peer.flatMap(PeerTransport.PeerView::hello).map(Hello::version)));
        });
        return members;
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    private static Optional<String> zone(PeerTransport.PeerView peer) {
        return peer.hello().map(Hello::zone).filter(zone -> !zone.isEmpty());
    }

    /** The cluster's own list once it is formed, before that the settings'. */
    private SortedMap<MemberId, String> addresses() {
        SortedMap<MemberId, String> addresses = new TreeMap<>();
        members()
                .ifPresentOrElse(
                        all -> all.forEach((name, member) -> addresses.put(name, member.peer())),
                        () -> addresses.putAll(options.initialMembers()));
        return addresses;
    }

    /** Everybody who belongs to the cluster, once there is one. */
    private Optional<SortedMap<MemberId, Configuration.Member>> members() {
        return formation.membership().map(Membership::all);
    }

    // ---- PeerEvents ----

    @Override
    public Admission admit(Hello remote) {
        Optional<ClusterIdentity> before = formation.cluster();
        Admission admission = formation.admit(remote);
        if (!formation.cluster().equals(before)) {
            // Somebody has told of members that this log does not know yet; not now, the transport waits for its
            // answer.
            context.runOnContext(ignored -> followMembers());
        }
        if (admission instanceof Admission.Admitted) {
            driver.ifPresent(group -> group.priority(remote.node(), remote.priority()));
            replacement.heard(remote.node(), System.nanoTime());
        }
        considerJoining();
        return admission;
    }

    @Override
    public void connected(Hello remote) {
        LOG.info("connected to {} (version {}, start {})", remote.node(), remote.version(), remote.bootEpoch());
    }

    @Override
    public void disconnected(MemberId peer) {
        LOG.info("connection with {} ended", peer);
        driver.ifPresent(group -> group.peerDisconnected(peer));
    }

    @Override
    public void received(Message message) {
        replacement.heard(message.from(), System.nanoTime());
        driver.ifPresent(group -> group.receive(message));
    }

    // ---- forming ----

    private Hello hello() {
        return new Hello(
                options.clusterName(),
                options.self(),
                storage.recovered().storageId(),
                storage.recovered().bootEpoch(),
                options.memberList(),
                formation.cluster(),
                options.version(),
                options.zone().orElse(""),
                options.priority(),
                driver.map(group -> isBlank(group.core()))
                        .orElseGet(() -> isBlank(storage.recovered().log())),
                storage.rejoins());
    }

    private static boolean isBlank(LogOutline log) {
        return log.lastIndex() == 0 && log.snapshot().isEmpty();
    }

    private static boolean isBlank(RaftCore core) {
        return core.lastIndex() == 0 && core.snapshot().isEmpty();
    }

    /** The peers are the members as they are known now; their addresses count more than those of the settings. */
    private void followMembers() {
        SortedMap<MemberId, String> peers = addresses();
        peers.remove(options.self());
        transport.follow(peers);
    }

    /** Once it is clear which cluster this disk belongs to, that is written down before anybody is told. */
    private void considerJoining() {
        if (joining) {
            return;
        }
        formation.proposal(UUID.randomUUID().toString()).ifPresent(cluster -> {
            joining = true;
            logThread.saveCluster(cluster).onFailure(this::notSaved).onSuccess(saved -> {
                LOG.info("member of cluster {} with {}", cluster.clusterId(), cluster.members());
                startDriver(cluster);
                transport.reconnect();
            });
        });
    }

    /** A disk without room for it is waited for. */
    private void notSaved(Throwable cause) {
        if (!(cause instanceof NoRoomException)) {
            fatal.accept(cause);
            return;
        }
        LOG.error("the cluster that this disk belongs to cannot be written down yet: {}", cause.getMessage());
        vertx.setTimer(SAVE_RETRY_MILLIS, ignored -> {
            joining = false;
            considerJoining();
        });
    }

    private void startDriver(ClusterIdentity cluster) {
        long tickMillis = options.tickMillis();
        CoreOptions coreOptions = CoreOptions.of(
                        options.self(), storage.recovered().storageId(), cluster.formed())
                .withTicks((int) Math.max(2, options.electionTimeout().toMillis() / tickMillis), (int)
                        Math.max(1, options.heartbeat().toMillis() / tickMillis));
        RaftCore core = new RaftCore(
                coreOptions,
                storage.recovered().hardState(),
                storage.recovered().log(),
                new SplittableRandom());
        Membership members = new Membership(cluster, core);
        formation.joined(members);
        RaftDriver group = new RaftDriver(
                vertx,
                context,
                options,
                core,
                members,
                this::followMembers,
                cluster,
                storage,
                transport,
                logThread,
                snapshotThread,
                snapshotMetrics,
                appChannel,
                metrics,
                fatal);
        driver = Optional.of(group);
        followMembers();
        group.start();
    }

    /** What was put aside is shown until somebody has deleted it. */
    private void lookForPutAside() {
        if (storage.rejoins().isEmpty()) {
            return;
        }
        vertx.executeBlocking(storage::putAside)
                .onSuccess(kept -> putAside = kept)
                .onComplete(looked -> {
                    if (!stopped && looked.succeeded() && !looked.result().isEmpty()) {
                        vertx.setTimer(PUT_ASIDE_LOOK_MILLIS, ignored -> lookForPutAside());
                    }
                });
    }

    /** A member that came back without its disk is replaced by itself, when it is safe and time to do so. */
    private void considerReplacing(RaftDriver group) {
        long now = System.nanoTime();
        replacement.leads(group.leadership().role() == RoleName.LEADER, now);
        formation
                .membership()
                .ifPresent(members -> strangers(members).stream()
                        .filter(stranger -> replacement
                                        .decide(stranger, changing(members), now)
                                        .kind()
                                == Kind.NOW)
                        .findFirst()
                        .ifPresent(stranger -> replace(group, members, stranger)));
    }

    private void replace(RaftDriver group, Membership members, Strangers.Met stranger) {
        Hello hello = stranger.hello();
        LOG.warn(
                "VOLUME_EMPTY: {} has come back with an empty disk, {}; the old one has been silent for long. Replacing it",
                hello.node(),
                hello.storageId());
        replacement.attempted(System.nanoTime());
        group.changeMembers(
                        new MembersOrder.Replace(hello.node()),
                        name -> mayReplaceNow(group, members, stranger) ? Optional.of(hello) : Optional.empty(),
                        replacement.attemptEvery())
                .onSuccess(answer -> LOG.info("replacing {} by its empty disk: {}", hello.node(), answer));
    }

    /** Asked again at the moment of proposing: another leader would not know how silent the old disk was. */
    private boolean mayReplaceNow(RaftDriver group, Membership members, Strangers.Met stranger) {
        return group.core().role() == RoleName.LEADER
                && replacement
                                .judge(stranger, changing(members), System.nanoTime())
                                .kind()
                        == Kind.NOW;
    }

    /** Agents that knock under the names of members, with other disks than theirs. */
    private List<Strangers.Met> strangers(Membership members) {
        return members.all().values().stream()
                .flatMap(member -> formation.knocking(member.id()).stream()
                        .filter(met -> !met.hello().storageId().equals(member.storageId())))
                .toList();
    }

    private static AutomaticReplacement.Group changing(Membership members) {
        return new AutomaticReplacement.Group(
                members.identity().clusterId(), members.configuration(), members.isChanging());
    }

    private Problem forming() {
        return new Problem(
                Code.NO_QUORUM,
                Outcome.NONE,
                storage.rejoins().isPresent()
                        ? "This member has lost its disk and waits for its cluster to let it in again."
                        : "The cluster is not formed yet: no greeting from " + formation.missing() + " so far. "
                                + "All listed members must be up once.",
                Optional.empty(),
                Optional.empty(),
                Optional.of(Duration.ofMillis(500)));
    }

    // ---- time ----

    /** Armed anew after each tick: after a pause ticks must not come in a burst. */
    private void scheduleTick() {
        vertx.setTimer(options.tickMillis(), ignored -> {
            if (!stopped) {
                lastTickNanos = System.nanoTime();
                driver.ifPresent(RaftDriver::tick);
                driver.ifPresent(this::considerReplacing);
                scheduleTick();
            }
        });
    }

    /** Within two election timeouts, and well within the grace period. */
    private Future<Void> handOver() {
        Duration half = options.limits().shutdownGrace().dividedBy(2);
        Duration enough = options.electionTimeout().multipliedBy(2);
        return driver.map(group -> group.handOver(half.compareTo(enough) < 0 ? half : enough))
                .orElseGet(Future::succeededFuture);
    }

    private Future<Void> awaitQuiet(long deadlineNanos) {
        boolean quiet = driver.map(RaftDriver::isQuiet).orElse(true);
        if (quiet || System.nanoTime() - deadlineNanos >= 0) {
            return Future.succeededFuture();
        }
        return vertx.timer(10, java.util.concurrent.TimeUnit.MILLISECONDS)
                .compose(ignored -> awaitQuiet(deadlineNanos));
    }

    private void refreshDiagnoses() {
        diagnoses.update(found -> {
            found.peers(peersWithoutStrangers());
            found.damaged(putAside);
            found.durability(options.syncedToDisk());
            if (driver.isPresent()) {
                RaftDriver group = driver.get();
                found.leadership(group.leader(), group.noLeader());
                found.app(group.appStatus());
                found.space(group.diskSpace());
                group.commitStalled(System.nanoTime()).ifPresent(since -> found.commitStalled(since, group.core()));
                found.snapshots(group.snapshots().problem());
                formation.membership().ifPresent(members -> foundOfMembers(found, members));
            } else {
                foundWhileForming(found);
            }
        });
    }

    /** Of an agent that knocks with another disk there is more to tell than that it was refused. */
    private Map<MemberId, PeerTransport.PeerView> peersWithoutStrangers() {
        Map<MemberId, PeerTransport.PeerView> peers = new TreeMap<>(transport.peers());
        formation
                .membership()
                .ifPresent(members -> strangers(members)
                        .forEach(stranger -> peers.remove(stranger.hello().node())));
        return peers;
    }

    private void foundWhileForming(Diagnoses.Found found) {
        Optional<ClusterIdentity> foreign = formation
                .foreignRecord()
                .filter(cluster -> cluster.committed().configuration().contains(options.self()));
        if (foreign.isPresent()) {
            found.add(
                    "VOLUME_EMPTY",
                    "",
                    "error",
                    "Cluster " + foreign.get().clusterId() + " has a member named " + options.self()
                            + ", but with another disk than this one ("
                            + storage.recovered().storageId()
                            + "): this disk is not that member and does not vote.",
                    Map.of("clusterId", foreign.get().clusterId()),
                    "Wait: while a majority of the others is up, their leader replaces the member by this disk after "
                            + options.electionTimeout()
                                    .multipliedBy(AutomaticReplacement.PATIENCE_ELECTION_TIMEOUTS)
                                    .toSeconds()
                            + " s. Without a majority nothing happens; what the leader waits for is on its page.");
        } else if (isRefusedAs("UNKNOWN_MEMBER")) {
            found.add(
                    "MEMBERSHIP",
                    "",
                    "warning",
                    "The cluster exists, and " + options.self() + " is not a member of it yet.",
                    Map.of(),
                    "On a member: outrigger members add " + options.self() + " "
                            + options.initialMembers().getOrDefault(options.self(), "HOST:PORT"));
        } else if (!formation.used().isEmpty()) {
            found.add(
                    "REJOINING",
                    "",
                    "error",
                    "The disks of " + formation.used()
                            + " belonged to a cluster before, so no new one is formed; and no member of that cluster was"
                            + " met yet.",
                    Map.of("members", options.memberList()),
                    "Start the members whose disks are whole: with a majority of them these come back by themselves. If"
                            + " there is no such majority, what was acknowledged is in the data directories, "
                            + "damaged ones included: keep them. Only if there never was a cluster: delete"
                            + " their data directories.");
        } else if (!formation.missing().isEmpty()) {
            found.add(
                    "WAITING_BOOTSTRAP",
                    "",
                    "warning",
                    "The cluster is formed when all listed members are up; missing: " + formation.missing() + ".",
                    Map.of("members", options.memberList()),
                    "Start the missing agents with the same OUTRIGGER_MEMBERS.");
        }
    }

    private boolean isRefusedAs(String code) {
        return transport.peers().values().stream()
                .flatMap(peer -> peer.problem().stream())
                .anyMatch(problem -> problem.code().equals(code));
    }

    private void foundOfMembers(Diagnoses.Found found, Membership members) {
        found.membersChanging(members, driver.flatMap(RaftDriver::leader).isPresent());
        strangers(members)
                .forEach(stranger -> found.stranger(
                        stranger.hello(), replacement.decide(stranger, changing(members), System.nanoTime())));
        if (members.find(options.self()).isEmpty() || isRefusedAs(Formation.REMOVED)) {
            found.removed(options.self());
        } else {
            found.membership(options.memberList(), clusterMemberList());
        }
    }

    private List<String> clusterMemberList() {
        return addresses().entrySet().stream()
                .map(member -> member.getKey() + "=" + member.getValue())
                .toList();
    }
}
