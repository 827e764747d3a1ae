package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.app.Poison;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.RoleName;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Message.AppReport;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.Quarantine;
import dev.outrigger.agent.wire.AppRecord;
import dev.outrigger.agent.wire.AppRecord.Divergence;
import dev.outrigger.agent.wire.AppRecord.MemberStanding;
import dev.outrigger.agent.wire.AppRecord.NoSnapshot;
import dev.outrigger.agent.wire.AppRecord.SnapshotPiece;
import dev.outrigger.agent.wire.AppRecord.SnapshotWanted;
import dev.outrigger.agent.wire.AppRecordCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well the application beside this agent is, and whether it is to be trusted. Tells the core how fit this member is to
 * lead, and puts the application into quarantine when it is the one that answers otherwise than the others; the mark of
 * that outlives this process. On the event loop.
 */
final class AppCare implements Applications.Group {
    private static final Logger LOG = LoggerFactory.getLogger(AppCare.class);
    private static final long MARK_RETRY_MILLIS = 1000;

    private final Vertx vertx;
    private final RaftCore core;
    private final AppChannel app;
    private final LogThread logThread;
    private final LongSupplier appliedIndex;
    private final Consumer<Message> send;
    private final Consumer<Quarantine> quarantined;
    private final Consumer<Throwable> fatal;
    private final AnswerHashes hashes = new AnswerHashes();
    private final Applications applications;
    private final AppHealth health;
    private final Snapshots snapshots;
    private final Resync resync;
    private final CommitProgress progress = new CommitProgress();
    private Fitness fitness = Fitness.UNKNOWN;
    private Optional<Quarantine> quarantine;
    private boolean closed;

    /**
     * @param marked the mark on the disk
     * @param appliedIndex how far the application has come
     * @param quarantined told when the application comes into quarantine
     */
    AppCare(
            Vertx vertx,
            NodeOptions options,
            RaftCore core,
            AppChannel app,
            LogThread logThread,
            Snapshots snapshots,
            Optional<Quarantine> marked,
            LongSupplier appliedIndex,
            Consumer<Message> send,
            Consumer<Quarantine> quarantined,
            Consumer<Throwable> fatal) {
        this.vertx = vertx;
        this.core = core;
        this.app = app;
        this.logThread = logThread;
        this.appliedIndex = appliedIndex;
        this.send = send;
        this.quarantined = quarantined;
        this.fatal = fatal;
        this.quarantine = marked;
        this.snapshots = snapshots;
        this.resync = new Resync(core, snapshots, app, this::quarantine, this::tell, this::trust);
        snapshots.heed(this::quarantine);
        this.applications = new Applications(this, hashes, options.heartbeat(), options.electionTimeout());
        this.health = new AppHealth(options.appPatience(), System.nanoTime());
        marked.ifPresent(mark -> {
            LOG.error("DIVERGED: {}", mark.reason());
            app.quarantine(mark.differsFrom(), mark.reason());
        });
    }

    // ---- what the application answers ----

    void answered(List<Entry> commands, List<Result> results) {
        hashes.answered(commands, results);
    }

    void state(long index, Payload state) {
        hashes.state(index, state);
    }

    void missed(long index) {
        hashes.missed(index);
    }

    void applied(long index) {
        hashes.appliedIndex(index);
    }

    // ---- what is told and heard ----

    void acknowledged(MemberId leader) {
        applications.acknowledged(leader, System.nanoTime());
    }

    void received(AppReport report) {
        applications.received(report, System.nanoTime());
    }

    void tick(long nowNanos) {
        progress.tick(true, appliedIndex.getAsLong(), core.deliverableIndex(), nowNanos);
        long stuckNanos = progress.stalled(nowNanos).map(Duration::toNanos).orElse(0L);
        boolean serving = app.status().state() == AppStatus.State.SERVING;
        Fitness now = health.look(serving, stuckNanos, nowNanos);
        now = quarantine.isPresent() ? Fitness.AILING : now;
        if (now != fitness) {
            LOG.info("this member's application makes it {} to lead", now);
            fitness = now;
        }
        core.fitness(core.self(), now);
        applications.tick(nowNanos);
        resync.tick(nowNanos);
    }

    List<MemberStanding> members() {
        return applications.members(System.nanoTime());
    }

    List<Divergence> divergences() {
        return applications.divergences(System.nanoTime());
    }

    Fitness fitness() {
        return fitness;
    }

    Optional<String> resyncTrouble() {
        return resync.trouble();
    }

    // ---- quarantine ----

    Optional<Quarantine> quarantine() {
        return quarantine;
    }

    @Override
    public void outvoted(Divergence divergence) {
        String others = divergence.agreed().stream().map(MemberId::name).collect(Collectors.joining(", "));
        String where = divergence.isExact()
                ? "to the command at index " + divergence.firstIndex() + " it answered"
                : "somewhere from index " + divergence.firstIndex() + " to " + divergence.lastIndex() + " it answered";
        quarantine(new Quarantine(
                divergence.firstIndex(),
                "The application of " + core.self() + " has gone another way than those of " + others + ": " + where
                        + " otherwise than they."));
    }

    void quarantine(Quarantine mark) {
        if (quarantine
                .filter(known -> known.differsFrom() <= mark.differsFrom())
                .isPresent()) {
            return;
        }
        LOG.error("DIVERGED: {}", mark.reason());
        quarantine = Optional.of(mark);
        fitness = Fitness.AILING;
        core.fitness(core.self(), Fitness.AILING);
        app.quarantine(mark.differsFrom(), mark.reason());
        quarantined.accept(mark);
        save(quarantine);
    }

    /** Begins to give the application a clean state, or joins that; completes when it is trusted again. */
    Future<Void> resync() {
        return resync.begin();
    }

    /**
     * The application has a state that can be trusted: the mark goes, and then it is served again. Not before the snapshot
     * that may hold its wrong state has been replaced, or it would be trusted, too.
     */
    void cleanState() {
        if (!resync.mayRelease()) {
            vertx.setTimer(MARK_RETRY_MILLIS, ignored -> app.resync());
            return;
        }
        save(Optional.empty()).onSuccess(saved -> {
            LOG.info("the application has a clean state again, and is trusted from there on");
            quarantine = Optional.empty();
            hashes.forget();
            applications.pardon();
            app.release();
            resync.ended();
        });
    }

    private void trust(Snapshot snapshot) {
        Quarantine trusting = quarantine.orElseThrow().trusting(snapshot.index());
        save(Optional.of(trusting)).onSuccess(saved -> {
            if (snapshots.isFitting(snapshot)) {
                quarantine = Optional.of(trusting);
                snapshots.adopt(snapshot);
                resync.adopted();
            }
        });
    }

    @Override
    public void snapshotWanted(MemberId member, SnapshotWanted wanted) {
        resync.wanted(member, wanted);
    }

    @Override
    public void snapshotOffered(AppRecord record) {
        if (record instanceof SnapshotPiece piece) {
            resync.received(piece);
        } else if (record instanceof NoSnapshot none) {
            resync.received(none);
        }
    }

    /** A disk without room for the mark is waited for: the quarantine holds meanwhile, and so does the present state. */
    private Future<Void> save(Optional<Quarantine> mark) {
        return logThread.saveQuarantine(mark).recover(cause -> {
            if (!(cause instanceof NoRoomException) || closed) {
                if (!closed) {
                    fatal.accept(cause);
                }
                return Future.failedFuture(cause);
            }
            return vertx.timer(MARK_RETRY_MILLIS, TimeUnit.MILLISECONDS).compose(ignored -> save(mark));
        });
    }

    void close() {
        closed = true;
    }

    // ---- the group ----

    @Override
    public MemberId self() {
        return core.self();
    }

    @Override
    public boolean leads() {
        return core.role() == RoleName.LEADER;
    }

    @Override
    public Optional<MemberId> leader() {
        return core.leader();
    }

    @Override
    public Set<MemberId> voters() {
        return new TreeSet<>(core.configuration().afterChange().voters());
    }

    @Override
    public Set<MemberId> others() {
        Set<MemberId> others = new TreeSet<>();
        core.configuration().everybody().stream().map(Configuration.Member::id).forEach(others::add);
        others.remove(core.self());
        return others;
    }

    @Override
    public MemberStanding standing() {
        AppStatus status = app.status();
        return new MemberStanding(
                core.self(),
                fitness,
                quarantine.map(Quarantine::differsFrom).orElse(0L),
                status.appliedIndex(),
                status.poison().map(Poison::index).orElse(0L));
    }

    @Override
    public void tell(MemberId to, AppRecord record) {
        send.accept(new AppReport(core.self(), to, core.term(), AppRecordCodec.encode(record)));
    }

    @Override
    public void fitness(MemberId member, Fitness now) {
        core.fitness(member, now);
    }
}
