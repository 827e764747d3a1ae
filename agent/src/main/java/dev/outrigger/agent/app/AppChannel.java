package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel to the application beside this agent. It asks the application where it stands, delivers from there what is
 * committed, and after any doubt (timeout, broken connection, unexpected or broken answer) asks again. It outlives the
 * application, skips nothing, and reports a result only from an answer that fits its batch exactly.
 *
 * <p>Everything runs on the owner's event loop: call every method there; {@link AppEvents} come there and futures
 * complete there. Nothing blocks. No failure ends the channel; only {@link #close} does.
 */
public final class AppChannel {
    private static final Logger LOGGER = LoggerFactory.getLogger(AppChannel.class);

    private enum Phase {
        NEW,
        /** {@code info} is under way. */
        ASKING,
        /** A timer runs, then {@code info} is asked. */
        RESTING,
        /** A snapshot is under way to the application. */
        RESTORING,
        /** The application is not to be trusted. */
        QUARANTINED,
        /** The gate is brought to where the application stands. */
        ROLLING,
        DELIVERING
    }

    private final Vertx vertx;
    private final AppOptions options;
    private final CommittedLog log;
    private final AppEvents events;
    private final Alarm alarm;
    private final AppMetrics metrics;
    private final Supervisor supervisor;
    private final AppClient client;
    private final Standing standing;
    private final Pace pace;
    private final Push push;
    private final Backlog backlog;
    private final Delivery delivery;
    private final GateBases gateBases;
    private final Sessions sessions;
    private final RolePush rolePush;
    private final Queries queries;
    private final Taking taking;
    private final Restoring restoring;
    private final Backoff afterSilence;
    private final Backoff afterFailure;
    private final Backoff afterRestore;

    private Phase phase = Phase.NEW;
    private long idleTimer;
    /** How often the application was no longer known to stand where delivery assumed. */
    private long doubts;
    /** Whether the question under way only makes sure of an application that is served. */
    private boolean checking;
    /** Set while the leader must confirm where the application stands. */
    private @Nullable AppInfo unconfirmed;
    /** The application may stand elsewhere than when it was asked. */
    private boolean lostWhileRolling;
    /** Bytes of log since the last checkpoint. */
    private long uncheckedBytes;

    private boolean checkpointing;
    /** Last index whose result was reported, or reported as lost. */
    private long reportedIndex;

    private long replayLastIndex;
    /** Since the last verified answer. */
    private @Nullable BatchFailure lastFailure;

    /** The snapshot that the application has accepted, until {@code info} shows it. */
    private @Nullable RestorableSnapshot accepted;

    /** Index of the snapshot that the application could not read; 0 for none. */
    private long refusedIndex;

    /** Set while the application is not to be trusted. */
    private @Nullable Distrust distrust;

    private boolean resyncing;

    /** Why the last attempt to restore came to nothing; empty since one that did. */
    private String restoreTrouble = "";

    public AppChannel(Vertx vertx, AppOptions options, CommittedLog log, AppEvents events, MeterRegistry registry) {
        AppLimits limits = options.limits();
        this.vertx = vertx;
        this.options = options;
        this.log = log;
        this.events = events;
        alarm = new Alarm(vertx);
        metrics = new AppMetrics(registry);
        supervisor = new Supervisor(metrics, crash -> doubt("the agent failed to serve the application: " + crash));
        client = new AppClient(vertx, options, () -> supervisor.execute(this::onConnectionClosed));
        standing = new Standing(events, metrics);
        pace = new Pace(limits.batchCommandsMax(), limits.pauseAfterFailures(), limits.callTimeout());
        push = new Push(
                client, options, metrics, (why, announced) -> supervisor.execute(() -> onStreamEnd(why, announced)));
        backlog = new Backlog(log::isSkipped);
        delivery = new Delivery(log, backlog, push, options, pace, metrics, supervisor, new DeliveryOutcome());
        gateBases = new GateBases(vertx, log);
        sessions = new Sessions(backlog, limits.resultBytesMax(), registry);
        rolePush = new RolePush(vertx, client, options, metrics);
        queries = new Queries(client, limits.queriesInFlightMax(), metrics);
        taking = new Taking(vertx, client, log, backlog, delivery, metrics);
        restoring = new Restoring(client, metrics, supervisor, new RestoreOutcome());
        afterSilence = new Backoff(limits.retryMin(), limits.retryMax());
        afterFailure = new Backoff(limits.retryMin(), limits.retryMax());
        afterRestore = new Backoff(limits.retryMin(), limits.pausedRetry());
    }

    /** Begins to look for the application; it may come much later. */
    public void start() {
        idleTimer = vertx.setPeriodic(options.limits().idleCheck().toMillis(), id -> supervisor.execute(this::check));
        if (distrust == null) {
            supervisor.execute(this::ask);
        }
    }

    /**
     * The application has gone another way than the others' from {@code differsFrom} on. Nothing more is delivered to it,
     * and nothing asked of it; it is only told who leads, so that it does not take itself for the leader's. Before or after
     * {@link #start}.
     *
     * @param reason one sentence for the status page
     */
    public void quarantine(long differsFrom, String reason) {
        supervisor.execute(() -> {
            detach();
            alarm.cancel();
            distrust = new Distrust(differsFrom, reason);
            resyncing = false;
            phase = Phase.QUARANTINED;
            standing.become(State.QUARANTINED, reason);
            rolePush.attach();
        });
    }

    /**
     * The application in quarantine is to get a clean state: from {@link CommittedLog#snapshot} when there is one from before
     * it went another way, else by being started without state. {@link AppEvents#cleanState} tells when it has one.
     */
    public void resync() {
        supervisor.execute(() -> {
            resyncing = distrust != null;
            if (phase == Phase.QUARANTINED || resyncing && phase == Phase.RESTING) {
                ask();
            }
        });
    }

    /** The application is trusted again, and served from where it stands. */
    public void release() {
        supervisor.execute(() -> {
            distrust = null;
            resyncing = false;
            accepted = null;
            if (phase == Phase.QUARANTINED) {
                ask();
            }
        });
    }

    /**
     * It was decided, and that is committed, that the command at {@code index} is passed over. When it is under way, nobody
     * knows whether the application has applied it: it is asked.
     */
    public void skip(long index) {
        supervisor.execute(() -> {
            backlog.heedSkips();
            pace.passOver(index);
            if (lastFailure != null && lastFailure.firstIndex() == index) {
                lastFailure = null;
            }
            if (phase == Phase.DELIVERING) {
                doubt("a decision to pass over the command at index " + index + " came while it was served");
            } else if (phase == Phase.RESTING && standing.is(State.PAUSED)) {
                ask();
            }
        });
    }

    private record Distrust(long differsFrom, String reason) {}

    /** {@link CommittedLog#deliverableIndex} has advanced. Cheap; call it once for many entries. */
    public void committed() {
        supervisor.execute(() -> {
            if (phase == Phase.DELIVERING) {
                delivery.wake();
            } else if (phase == Phase.RESTING && unconfirmed != null && isSettled(unconfirmed)) {
                ask();
            }
        });
    }

    private boolean isSettled(AppInfo info) {
        return !(Handshake.decide(info, options.clusterName(), log) instanceof Decision.AwaitCommit);
    }

    /**
     * Who leads. The application is told once it is attached, and on every change; of several changes only the last.
     *
     * @param role this member's role, as the application shall read it
     * @param term current term, the fencing token for side effects
     * @param leader the leader, where known
     */
    public void leadership(String role, long term, Optional<MemberId> leader) {
        supervisor.execute(() -> rolePush.leadership(role, term, leader));
    }

    /** Asks the application while it is attached, beside delivery. The future never fails. */
    public Future<QueryAnswer> query(Payload query) {
        AppStatus status = standing.status();
        if (supervisor.isClosed()) {
            return Future.succeededFuture(new QueryAnswer.Away("the agent is shutting down"));
        }
        if (!status.attached()) {
            return Future.succeededFuture(new QueryAnswer.Away(status.reason().orElse("the application is away")));
        }
        long doubtsBefore = doubts;
        return queries.ask(query).map(answer -> doubts == doubtsBefore ? answer : inDoubt(answer));
    }

    /** A query may reach an application that has just restarted and is behind; by its answer the loss is known. */
    private static QueryAnswer inDoubt(QueryAnswer answer) {
        return answer instanceof QueryAnswer.Answered
                ? new QueryAnswer.Away("the application may have restarted while it answered")
                : answer;
    }

    /**
     * Takes a snapshot of the application while it is attached, beside delivery; one at a time. When the application falls
     * into doubt meanwhile, the attempt has failed. The future never fails.
     */
    public Future<SnapshotTaken> takeSnapshot(SnapshotSink sink) {
        AppStatus status = standing.status();
        if (supervisor.isClosed()) {
            return Future.succeededFuture(new SnapshotTaken.Failed("the agent is shutting down"));
        }
        if (!status.attached()) {
            String why = status.reason().orElse("the application is away");
            return Future.succeededFuture(new SnapshotTaken.Failed(why));
        }
        return taking.take(sink);
    }

    /** What is known of the sessions of clients. */
    public Sessions sessions() {
        return sessions;
    }

    /** Where the application stands now. */
    public AppStatus status() {
        return standing.status();
    }

    /**
     * Ends the channel; no event comes any more. A batch under way is cut off: the application may or may not apply it,
     * and says which at the next hand-shake.
     */
    public Future<Void> close() {
        supervisor.close();
        alarm.cancel();
        vertx.cancelTimer(idleTimer);
        // First: what a snapshot is stuck in is closed by force only while nobody has asked for a regular end.
        Future<Void> closed = client.close();
        detach();
        return uncheckedBytes > 0 && backlog.isSettled() ? closed.eventually(this::checkpoint) : closed;
    }

    private void ask() {
        checking = false;
        askInfo();
    }

    /** An application that restarts while nothing is delivered must not stay behind until the next command. */
    private void check() {
        if (phase == Phase.DELIVERING && delivery.isIdle()) {
            checking = true;
            askInfo();
        }
    }

    private void onConnectionClosed() {
        // Without a call on it an application may close it. While a stream is open, that one's end tells.
        if (!push.isStreaming()) {
            onConnectionLost("the application closed the connection");
        }
    }

    private void onStreamEnd(AppFailure why, boolean announced) {
        if (announced) {
            check();
        } else {
            onConnectionLost("the application " + why.detail());
        }
    }

    private void onConnectionLost(String what) {
        if (phase == Phase.ASKING && checking) {
            checking = false;
            detach();
            standing.doubt(what);
        } else if (phase == Phase.DELIVERING && !delivery.isSending()) {
            doubt(what);
        } else if (phase == Phase.ROLLING) {
            lostWhileRolling = true;
        }
    }

    private void askInfo() {
        alarm.cancel();
        phase = Phase.ASKING;
        unconfirmed = null;
        client.info().onComplete(result -> supervisor.execute(() -> onInfo(result)));
    }

    private void onInfo(AsyncResult<AppInfo> result) {
        if (phase != Phase.ASKING) {
            return;
        }
        if (result.failed()) {
            onSilence(AppFailure.of(result.cause()));
            return;
        }
        afterSilence.reset();
        AppInfo info = result.result();
        push.offered(info.encodings());
        Decision decision = Handshake.decide(info, options.clusterName(), log);
        if (distrust != null) {
            standing.informed(info);
            resync(distrust, info, decision);
            return;
        }
        if (log.isSkipped(info.appliedIndex())) {
            // Whoever passes over a command stands before or behind it.
            standing.informed(info);
            detach();
            rest(options.limits().refusedRetry().toMillis());
            events.appliedSkipped(info.appliedIndex());
            return;
        }
        if (checking && decision instanceof Decision.Deliver && info.appliedIndex() == backlog.appliedIndex()) {
            afterFailure.reset();
            phase = Phase.DELIVERING;
            delivery.wake();
            return;
        }
        metrics.decided(decision);
        standing.informed(info);
        if (!(decision instanceof Decision.Refuse) && contradictsRestore(info)) {
            return;
        }
        act(info, decision);
    }

    private void act(AppInfo info, Decision decision) {
        if (decision instanceof Decision.Deliver position) {
            if (backlog.standsAt(position.appliedIndex())) {
                attach(position);
            } else {
                roll(info, position);
            }
        } else if (decision instanceof Decision.Restore restore) {
            restore(restore.snapshot());
        } else if (decision instanceof Decision.AwaitCommit await) {
            unconfirmed = info;
            detach();
            rest(options.limits().refusedRetry().toMillis());
            standing.become(State.WAITING, await.reason());
        } else if (decision instanceof Decision.Refuse refuse) {
            refusedIndex = 0;
            detach();
            rest(options.limits().refusedRetry().toMillis());
            standing.become(State.REFUSED, refuse.reason());
        }
    }

    private void resync(Distrust known, AppInfo info, Decision decision) {
        RestorableSnapshot given = accepted;
        accepted = null;
        boolean clean =
                info.appliedIndex() < known.differsFrom() || given != null && info.appliedIndex() == given.index();
        if (clean && (decision instanceof Decision.Deliver || decision instanceof Decision.Restore)) {
            detach();
            phase = Phase.QUARANTINED;
            events.cleanState();
            return;
        }
        Optional<RestorableSnapshot> snapshot = log.snapshot();
        if (!clean && given == null && snapshot.isPresent()) {
            restore(snapshot.get());
            return;
        }
        stay(known, stillUnclean(info, decision, given, clean));
    }

    private String stillUnclean(AppInfo info, Decision decision, @Nullable RestorableSnapshot given, boolean clean) {
        if (clean && decision instanceof Decision.Refuse refuse) {
            return refuse.reason();
        }
        if (clean && decision instanceof Decision.AwaitCommit await) {
            return await.reason();
        }
        if (given != null) {
            return "it accepted " + named(given) + ", but then said that it had applied index " + info.appliedIndex();
        }
        return "it still has the state at index " + info.appliedIndex()
                + "; restart the application without state: that is recognised, and it is given everything anew";
    }

    /** A resync goes on until it is done: it is asked again after a while. */
    private void stay(Distrust known, String why) {
        detach();
        rest(options.limits().refusedRetry().toMillis());
        standing.become(State.QUARANTINED, known.reason() + " It is to get a clean state, but " + why);
    }

    /** An application that says it has restored a snapshot, and is not there, must not be given it for ever at full speed. */
    private boolean contradictsRestore(AppInfo info) {
        RestorableSnapshot snapshot = accepted;
        accepted = null;
        if (snapshot == null || info.appliedIndex() >= snapshot.index()) {
            return false;
        }
        String where = info.appliedIndex() == 0 ? "nothing" : "index " + info.appliedIndex();
        restoreFailed("the application accepted " + named(snapshot) + ", but then said that it had applied " + where);
        return true;
    }

    private static String named(RestorableSnapshot snapshot) {
        return "the snapshot at index " + snapshot.index() + " of term " + snapshot.term();
    }

    private void restore(RestorableSnapshot snapshot) {
        detach();
        phase = Phase.RESTORING;
        // One that was refused is offered again from time to time, which is no news.
        if (!(standing.is(State.REFUSED) && snapshot.index() == refusedIndex)) {
            standing.become(State.RESTORING, progress(snapshot, 0));
        }
        restoring.begin(snapshot);
    }

    private String progress(RestorableSnapshot snapshot, long sentBytes) {
        return "the application is given " + named(snapshot) + ", " + sentBytes + " of " + snapshot.bytes()
                + " bytes so far" + (restoreTrouble.isEmpty() ? "" : "; the attempt before: " + restoreTrouble);
    }

    private void restoreFailed(String why) {
        restoreTrouble = why;
        detach();
        rest(afterRestore.nextMillis());
        standing.become(State.RESTORING, why + "; it is asked where it stands, then tried again");
    }

    private final class RestoreOutcome implements Restoring.Outcome {
        @Override
        public void progressed(RestorableSnapshot snapshot, long sentBytes) {
            if (standing.is(State.RESTORING)) {
                standing.progress(progress(snapshot, sentBytes));
            }
        }

        @Override
        public void accepted(RestorableSnapshot snapshot) {
            accepted = snapshot;
            ask();
        }

        @Override
        public void refused(RestorableSnapshot snapshot, SnapshotUpload.Answer answer) {
            String format = snapshot.format().isEmpty() ? "an unnamed format" : "format '" + snapshot.format() + "'";
            String reads =
                    answer.format().map(name -> ", it reads '" + name + "'").orElse("");
            restoreTrouble = "the application cannot read " + named(snapshot) + ", which is in " + format + reads
                    + "; it " + answer.reply().describe() + "; start a version of it that reads this format";
            refusedIndex = snapshot.index();
            rest(options.limits().refusedRetry().toMillis());
            standing.become(State.REFUSED, restoreTrouble);
        }

        @Override
        public void failed(RestorableSnapshot snapshot, AppFailure failure) {
            restoreFailed("the application, given " + named(snapshot) + ", " + failure.detail());
        }
    }

    private void onSilence(AppFailure failure) {
        accepted = null;
        metrics.failed("info", failure);
        detach();
        // Its absence explains the failure before, so no command is to blame.
        pace.unreachable();
        if (distrust != null) {
            stay(distrust, "the application at " + options.baseUri() + " " + failure.detail());
            return;
        }
        rest(afterSilence.nextMillis());
        String before = lastFailure == null ? "" : " since it was given " + lastFailure.batch();
        standing.become(
                State.WAITING,
                "the application at " + options.baseUri() + " " + failure.detail() + before + "; it is asked again");
    }

    /** The application stands where the gate does not: behind it, as without its state, or ahead of it. */
    private void roll(AppInfo info, Decision.Deliver position) {
        detach();
        phase = Phase.ROLLING;
        lostWhileRolling = false;
        long index = position.appliedIndex();
        long thisDoubt = doubts;
        BooleanSupplier wanted = () -> phase == Phase.ROLLING && doubts == thisDoubt && !supervisor.isClosed();
        Future<Optional<Gate>> rolled = gate(index, wanted);
        if (!rolled.isComplete()) {
            standing.become(State.WAITING, rolling(index));
        }
        rolled.onComplete(result -> {
            if (wanted.getAsBoolean()) {
                supervisor.execute(() -> onRolled(info, position, result));
            }
        });
    }

    private Future<Optional<Gate>> gate(long index, BooleanSupplier wanted) {
        LongConsumer progress = told -> {
            if (standing.is(State.WAITING)) {
                standing.progress(rolling(index) + ", index " + told + " so far");
            }
        };
        Gate gate = backlog.gate();
        // One that was told nothing is no better than the beginning, and a checkpoint may be.
        boolean follows = gate.toldIndex() > 0 && index > gate.toldIndex() && log.firstIndex() <= gate.toldIndex() + 1;
        // A gate on its way is nowhere: should this fail, nobody must take it for where the application is.
        backlog.reset(new Gate(), 0);
        return follows
                ? gateBases.forward(gate, index, wanted, progress).map(Optional.of(gate))
                : gateBases.gateAt(index, wanted, progress);
    }

    private static String rolling(long index) {
        return "the application stands at index " + index
                + ", and which of its commands come twice is read from the log up to there";
    }

    private void onRolled(AppInfo info, Decision.Deliver position, AsyncResult<Optional<Gate>> result) {
        if (result.failed()) {
            rest(afterFailure.nextMillis());
            standing.become(
                    State.WAITING,
                    "the log cannot be read up to index " + position.appliedIndex() + ", where the application stands: "
                            + result.cause().getMessage() + "; it is tried again");
        } else if (result.result().isEmpty()) {
            Decision decision = Handshake.withoutGate(info, log);
            metrics.decided(decision);
            act(info, decision);
        } else {
            backlog.reset(result.result().get(), position.appliedIndex());
            if (lostWhileRolling) {
                ask();
            } else {
                attach(position);
            }
        }
    }

    private void attach(Decision.Deliver position) {
        taking.abort("the application was found at another position");
        restoreTrouble = "";
        afterRestore.reset();
        replayLastIndex = position.replayLastIndex();
        boolean pause = pace.confirm(position.appliedIndex());
        BatchFailure failure = lastFailure;
        passed(backlog.takeUp(position.appliedIndex()));
        report(position.appliedIndex());
        if (supervisor.isClosed()) {
            return; // By whoever was told.
        }
        rolePush.attach();
        if (pause && failure != null) {
            pause(failure);
        } else {
            deliver(position);
        }
    }

    private void report(long appliedIndex) {
        long firstLost = reportedIndex + 1;
        reportedIndex = appliedIndex;
        if (firstLost <= appliedIndex) {
            events.resultsLost(firstLost, appliedIndex);
        }
        events.appliedIndex(backlog.doneIndex());
    }

    private void passed(List<Ruling> rulings) {
        List<Ruling> answers = rulings.stream().filter(Ruling::isAnswer).toList();
        if (!answers.isEmpty()) {
            sessions.passed(answers);
            events.passed(answers);
        }
    }

    private void pause(BatchFailure failure) {
        Duration retry = options.limits().pausedRetry();
        rest(retry.toMillis());
        standing.become(
                State.PAUSED,
                "the application cannot apply " + failure.batch() + ", it " + failure.detail()
                        + "; delivery stands there and tries again every " + retry.toSeconds()
                        + " s, nothing is skipped; look into the application's log, repair or restart it");
        log.read(failure.firstIndex(), 1)
                .onComplete(read -> supervisor.execute(() -> {
                    if (standing.is(State.PAUSED)) {
                        Optional<Entry> entry =
                                read.succeeded() ? read.result().stream().findFirst() : Optional.empty();
                        standing.poison(Poison.of(failure.firstIndex(), entry, failure.detail()));
                    }
                }));
    }

    private void deliver(Decision.Deliver position) {
        phase = Phase.DELIVERING;
        boolean retriesAfterPause = standing.is(State.PAUSED) && pace.suspended(position.appliedIndex());
        if (!retriesAfterPause) {
            standing.become(backlog.doneIndex() < position.replayLastIndex() ? State.REPLAYING : State.SERVING);
        }
        delivery.begin(position.replayLastIndex());
    }

    private final class DeliveryOutcome implements Delivery.Outcome {
        @Override
        public void delivered(Batch batch, AppAnswer answer) {
            if (!batch.isEmpty()) {
                Entry last = batch.lastCommand();
                afterFailure.reset();
                lastFailure = null;
                reportedIndex = last.index();
                standing.applied(last.index(), last.term());
                sessions.applied(batch, answer.results());
                events.applied(batch.commands(), answer.results());
                answer.stateHash().ifPresent(hash -> events.stateHash(last.index(), hash));
            }
            passed(batch.rulings());
            events.appliedIndex(batch.lastIndex());
            checkpointWhenDue(batch);
            // No-ops before a command that is tried again prove nothing.
            if (!supervisor.isClosed() && !(batch.isEmpty() && standing.is(State.PAUSED) && lastFailure != null)) {
                standing.become(batch.lastIndex() < replayLastIndex ? State.REPLAYING : State.SERVING);
            }
        }

        @Override
        public void voided(long index, boolean stateBefore, String reason) {
            LOGGER.warn("the backup that ends at index {} is not restored: {}", index, reason);
            events.restoreVoid(index, stateBefore, reason);
        }

        @Override
        public void restore(RestorableSnapshot backup) {
            LOGGER.info(
                    "the application is given the backup that ends at index {}, {} bytes",
                    backup.index(),
                    backup.bytes());
            AppChannel.this.restore(backup);
        }

        @Override
        public void failed(BatchFailure failure) {
            if (failure.commands() == 0) {
                doubt("the application " + failure.detail());
                return;
            }
            pace.failed(failure);
            lastFailure = failure;
            doubt("the application, given " + failure.batch() + ", " + failure.detail());
        }
    }

    private void checkpointWhenDue(Batch batch) {
        for (Ruling ruling : batch.rulings()) {
            uncheckedBytes += ruling.entry().sizeBytes();
        }
        if (uncheckedBytes >= options.limits().checkpointBytes() && !checkpointing && backlog.isSettled()) {
            checkpointing = true;
            checkpoint().onComplete(ignored -> checkpointing = false);
        }
    }

    /** Only when gate and application are at the same place. Failures are harmless: more of the log is read again. */
    private Future<Void> checkpoint() {
        Optional<Long> term = Handshake.termAt(log, backlog.gate().toldIndex());
        if (term.isEmpty()) {
            return Future.succeededFuture();
        }
        uncheckedBytes = 0;
        GateCheckpoint checkpoint = new GateCheckpoint(
                term.get(), backlog.appliedIndex(), backlog.gate().copy());
        return log.keepCheckpoint(checkpoint::encode)
                .onFailure(e -> LOGGER.warn("the sessions could not be written down: {}", e.getMessage()))
                .onComplete(written -> metrics.checkpoint(written.succeeded()))
                .otherwiseEmpty();
    }

    private void doubt(String what) {
        detach();
        rest(afterFailure.nextMillis());
        standing.doubt(what);
    }

    private void detach() {
        doubts++;
        taking.abort("the application was in doubt while it gave its snapshot");
        restoring.stop();
        delivery.stop();
        rolePush.detach();
    }

    private void rest(long millis) {
        phase = Phase.RESTING;
        alarm.set(millis, () -> supervisor.execute(this::ask));
    }
}
