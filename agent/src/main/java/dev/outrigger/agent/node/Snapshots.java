package dev.outrigger.agent.node;

import dev.outrigger.agent.app.RestorableSnapshot;
import dev.outrigger.agent.app.SnapshotSink;
import dev.outrigger.agent.app.SnapshotTaken;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.ChunkFetch;
import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.Quarantine;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.wire.AppRecord.SnapshotPiece;
import dev.outrigger.agent.wire.AppRecord.SnapshotWanted;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots of the application when they are due or asked for, drops the log that they cover, and moves their pieces
 * between disk and core. One is taken at a time. On the event loop.
 */
final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    private static final long RETRY_MIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_MAX_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long COMPACT_RETRY_MILLIS = 1000;
    private static final int LENT_BYTES_MAX = 256 << 10;

    private final Vertx vertx;
    private final NodeOptions.SnapshotOptions options;
    private final RaftCore core;
    private final ClusterIdentity cluster;
    private final Storage storage;
    private final LogThread logThread;
    private final SnapshotThread thread;
    private final Function<SnapshotSink, Future<SnapshotTaken>> app;
    private final LongSupplier appIndex;
    private final Consumer<Runnable> input;
    private final Consumer<Throwable> fatal;
    private final SnapshotMetrics metrics;
    private final Throttle sending;
    private final Throttle taking;
    private final BackupDownloads downloads;

    private @Nullable Taking underWay;
    private boolean closed;
    private Optional<RestorableSnapshot> restorable = Optional.empty();
    private Optional<Snapshot> restorableOf = Optional.empty();
    /** Bytes of entries that have come since this start, and how far they had come when the last snapshot began. */
    private long loggedBytes;

    private long loggedBytesAtSnapshot;
    private long loggedEntries;
    private long notBeforeNanos = System.nanoTime();
    private long retryNanos = RETRY_MIN_NANOS;
    private Optional<String> problem = Optional.empty();
    /** Set while the application's state is not to be trusted: nothing of it is restored, sent, or taken anew. */
    private Supplier<Optional<Quarantine>> quarantine = Optional::empty;

    /**
     * @param app takes a snapshot of the application
     * @param appIndex the last command that the application has applied, 0 for none
     * @param input feeds the core
     * @param fatal the log failed
     */
    Snapshots(
            Vertx vertx,
            NodeOptions.SnapshotOptions options,
            RaftCore core,
            ClusterIdentity cluster,
            Storage storage,
            LogThread logThread,
            SnapshotThread thread,
            Function<SnapshotSink, Future<SnapshotTaken>> app,
            LongSupplier appIndex,
            Consumer<Runnable> input,
            Consumer<Throwable> fatal,
            SnapshotMetrics metrics) {
        this.vertx = vertx;
        this.options = options;
        this.core = core;
        this.cluster = cluster;
        this.storage = storage;
        this.logThread = logThread;
        this.thread = thread;
        this.app = app;
        this.appIndex = appIndex;
        this.input = input;
        this.fatal = fatal;
        this.metrics = metrics;
        this.sending = new Throttle(vertx, options.bytesPerSecond());
        this.taking = new Throttle(vertx, options.bytesPerSecond());
        this.downloads = new BackupDownloads(this::latest, thread, sending, metrics);
        this.loggedEntries = core.lastIndex() + 1 - core.firstIndex();
        this.loggedBytes = storage.logBytes();
        this.loggedBytesAtSnapshot = loggedBytes - behindSnapshot(loggedBytes);
    }

    /** What a log of so many bytes has behind the snapshot, when all entries are alike. */
    private long behindSnapshot(long logBytes) {
        long behind = core.lastIndex() - core.snapshot().map(Snapshot::index).orElse(0L);
        return loggedEntries == 0 ? 0 : (long) ((double) logBytes * behind / loggedEntries);
    }

    /** From now on this says which snapshots are to be trusted. */
    void heed(Supplier<Optional<Quarantine>> mark) {
        quarantine = mark;
    }

    private boolean isTrusted(long index) {
        return quarantine.get().map(mark -> mark.trusts(index)).orElse(true);
    }

    // ---- for a member in quarantine ----

    /** A piece of the latest snapshot for a member in quarantine; empty when there is none that serves it. */
    Future<Optional<SnapshotPiece>> lend(SnapshotWanted wanted) {
        Optional<Snapshot> lent = latest().filter(snapshot -> snapshot.index() >= wanted.indexMin());
        if (lent.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        Snapshot snapshot = lent.get();
        long offset = snapshot.checksum() == wanted.checksum() ? wanted.offset() : 0;
        Promise<Optional<SnapshotPiece>> piece = Promise.promise();
        sending.run(
                LENT_BYTES_MAX,
                () -> thread.read(snapshot, offset, LENT_BYTES_MAX)
                        .map(read -> read.map(bytes -> new SnapshotPiece(snapshot, offset, bytes)))
                        .onComplete(piece));
        return piece.future();
    }

    /**
     * A piece of the leader's snapshot has come.
     *
     * @return how much of it is here, from its start
     */
    Future<Long> borrow(SnapshotPiece piece) {
        return thread.put(piece.snapshot(), piece.offset(), piece.bytes());
    }

    /** Whether the leader's snapshot can take the place of this member's own: the log goes on from it. */
    boolean isFitting(Snapshot snapshot) {
        return snapshot.index() >= core.firstIndex()
                && snapshot.index() <= core.deliverableIndex()
                && core.termAt(snapshot.index()) == snapshot.term()
                && core.snapshot()
                        .filter(own -> own.index() >= snapshot.index())
                        .isEmpty();
    }

    /** The leader's snapshot, which is whole here, takes the place of this member's own. */
    void adopt(Snapshot snapshot) {
        long firstKept = firstKept(snapshot.index());
        input.accept(() -> core.snapshotTaken(snapshot, firstKept));
        compact(firstKept);
        installed(snapshot);
        prepare();
    }

    // ---- pieces ----

    /** A follower needs a piece; at the rate that is set. */
    void fetch(ChunkFetch fetch) {
        if (!isTrusted(fetch.snapshot().index())) {
            input.accept(() -> core.chunkMissing(fetch.follower(), fetch.snapshot()));
            return;
        }
        sending.run(
                fetch.bytesMax(),
                () -> thread.read(fetch.snapshot(), fetch.offset(), fetch.bytesMax())
                        .onComplete(read -> input.accept(() -> {
                            if (read.succeeded() && read.result().isPresent()) {
                                metrics.sent(read.result().get().length());
                                core.chunkFetched(
                                        fetch.follower(),
                                        fetch.snapshot(),
                                        fetch.offset(),
                                        read.result().get());
                            } else {
                                if (read.failed()) {
                                    report("cannot read the snapshot at index "
                                            + fetch.snapshot().index() + ": "
                                            + read.cause().getMessage());
                                }
                                core.chunkMissing(fetch.follower(), fetch.snapshot());
                            }
                        })));
    }

    /** A leader has sent a piece. */
    void store(ChunkWrite write) {
        thread.put(write.snapshot(), write.offset(), write.bytes()).onComplete(stored -> {
            if (stored.failed()) {
                report("cannot store a snapshot of the leader: "
                        + stored.cause().getMessage());
            } else {
                metrics.received(write.bytes().length());
            }
            // Whatever is said, the leader asks again, and hears the truth then.
            long bytes = stored.succeeded() ? stored.result() : 0;
            input.accept(() -> core.chunkStored(write.snapshot(), bytes));
        });
    }

    /** A snapshot of the leader has taken the place of the log, durably. */
    void installed(Snapshot snapshot) {
        LOG.info(
                "installed the snapshot at index {} of term {}, {} bytes",
                snapshot.index(),
                snapshot.term(),
                snapshot.bytes());
        metrics.installed();
        problem = Optional.empty();
        loggedBytesAtSnapshot = loggedBytes;
        dropOlderThan(snapshot);
    }

    /** A snapshot is about to take the place of the log: the application will need it at once. */
    void installing() {
        prepare();
    }

    BackupDownloads downloads() {
        return downloads;
    }

    /** What the application may be given instead of the log. */
    Optional<RestorableSnapshot> restorable() {
        prepare();
        return restorable.filter(snapshot -> snapshot.index() <= core.durableIndex() && isTrusted(snapshot.index()));
    }

    /** The sessions that go with the snapshot that the application may be given. */
    Future<Payload> sessions(RestorableSnapshot snapshot) {
        return core.snapshot()
                .filter(latest -> latest.index() == snapshot.index() && latest.term() == snapshot.term())
                .map(thread::head)
                .orElseGet(() -> Future.succeededFuture(Optional.empty()))
                .compose(head -> head.map(found -> Future.succeededFuture(found.sessions()))
                        .orElseGet(() -> Future.failedFuture(
                                "the snapshot at index " + snapshot.index() + " cannot be read any more")));
    }

    private void prepare() {
        Optional<Snapshot> latest = core.snapshot();
        if (!latest.equals(restorableOf)) {
            restorableOf = latest;
            restorable = Optional.empty();
            latest.ifPresent(this::describe);
        }
    }

    private Optional<Snapshot> latest() {
        return core.snapshot()
                .filter(snapshot -> snapshot.index() <= core.durableIndex() && isTrusted(snapshot.index()));
    }

    /** Its format and size are on the disk; until they are read there is nothing to restore. */
    private void describe(Snapshot snapshot) {
        thread.head(snapshot)
                .compose(head -> thread.appBytes(snapshot)
                        .map(bytes -> head.map(found -> new RestorableSnapshot(
                                snapshot.index(),
                                snapshot.term(),
                                found.format(),
                                bytes,
                                () -> thread.open(snapshot)))))
                .onSuccess(described -> {
                    if (restorableOf.filter(snapshot::equals).isPresent()) {
                        restorable = described;
                    }
                })
                .onFailure(
                        e -> report("cannot read the snapshot at index " + snapshot.index() + ": " + e.getMessage()));
    }

    // ---- taking ----

    /** Entries have come. */
    void logged(List<Entry> entries) {
        loggedEntries += entries.size();
        for (Entry entry : entries) {
            loggedBytes += entry.sizeBytes();
        }
    }

    /** Takes one when it is due. */
    void tick(long nowNanos) {
        prepare();
        boolean mayTake = quarantine.get().isEmpty() && underWay == null;
        if (mayTake && nowNanos - notBeforeNanos >= 0 && isDue() && !isUpToDate()) {
            take();
        }
    }

    private boolean isDue() {
        List<String> names = core.configuration().voters().stream()
                .map(Object::toString)
                .sorted()
                .toList();
        int rank = Math.max(0, names.indexOf(core.self().toString()));
        long snapshotBytes = core.snapshot().map(Snapshot::bytes).orElse(0L);
        return loggedBytes - loggedBytesAtSnapshot
                >= new SnapshotSchedule(options.logBytesMin(), names.size(), rank).dueAtBytes(snapshotBytes);
    }

    /** Of an application without state there is nothing to take. */
    private boolean isUpToDate() {
        return appIndex.getAsLong() <= core.snapshot().map(Snapshot::index).orElse(0L);
    }

    /**
     * Takes one now, or joins the one that is under way; gives the latest when the application has applied nothing since.
     * The future never fails.
     */
    Future<Answer<Snapshot>> take() {
        if (underWay != null) {
            return underWay.taken.future();
        }
        if (isUpToDate()) {
            return Future.succeededFuture(latest().<Answer<Snapshot>>map(Answer.Ok::new)
                    .orElseGet(() -> failed(Code.SNAPSHOT_FAILED, "the application has applied nothing yet")));
        }
        Taking begun = new Taking();
        underWay = begun;
        app.apply(begun).onComplete(answer -> begun.ended(answer.succeeded() ? answer.result() : null));
        return begun.taken.future();
    }

    /** Why the last try came to nothing; empty when it did not. */
    Optional<String> problem() {
        return problem;
    }

    private final class Taking implements SnapshotSink {
        private final Promise<Answer<Snapshot>> taken = Promise.promise();
        private final long startNanos = System.nanoTime();
        private final long loggedBytesAtBegin = loggedBytes;
        private SnapshotStore.@Nullable Draft draft;
        /** When the application turns out to stand no further. */
        private Optional<Snapshot> alreadyThere = Optional.empty();

        @Override
        public Future<Void> begin(long index, long term, String format, Supplier<Payload> sessions) {
            alreadyThere = latest().filter(snapshot -> snapshot.index() >= index);
            if (alreadyThere.isPresent()) {
                return Future.failedFuture("there is one at index "
                        + alreadyThere.get().index() + ", and the application stands at index " + index);
            }
            if (index < core.firstIndex() || index > core.deliverableIndex() || core.termAt(index) != term) {
                return Future.failedFuture("the application's is of index " + index + " and term " + term
                        + ", which this log does not hold as committed");
            }
            if (storage.room().level() != Room.Level.AMPLE) {
                return Future.failedFuture("the disk is short of space");
            }
            Configuration configuration = core.configurationAt(index);
            return logThread
                    .read(index, 1)
                    .onFailure(fatal::accept)
                    .compose(entries -> entries.isEmpty()
                            ? Future.failedFuture("the log no longer holds index " + index)
                            : thread.begin(() -> head(entries.get(0), configuration, format, sessions.get())))
                    .onSuccess(begun -> draft = begun)
                    .mapEmpty();
        }

        /** On the snapshot thread. */
        private SnapshotHead head(Entry last, Configuration configuration, String format, Payload sessions) {
            return new SnapshotHead(
                    last.index(),
                    last.term(),
                    last.timeMillis(),
                    configuration,
                    cluster.clusterId(),
                    cluster.clusterName(),
                    format,
                    sessions);
        }

        @Override
        public Future<Void> write(Payload bytes) {
            SnapshotStore.Draft open = draft;
            if (open == null) {
                return Future.failedFuture("it was never begun");
            }
            Promise<Void> written = Promise.promise();
            taking.run(bytes.length(), () -> thread.write(open, bytes).onComplete(written));
            return written.future();
        }

        private void ended(@Nullable SnapshotTaken answer) {
            SnapshotStore.Draft open = draft;
            if (answer instanceof SnapshotTaken.Taken && open != null) {
                thread.finish(open).onSuccess(this::keep).onFailure(e -> failed(String.valueOf(e.getMessage())));
            } else {
                if (open != null) {
                    thread.abandon(open);
                }
                ended(answer instanceof SnapshotTaken.Failed failed ? failed.reason() : "it broke off", answer);
            }
        }

        private void ended(String reason, @Nullable SnapshotTaken answer) {
            if (alreadyThere.isPresent()) {
                underWay = null;
                taken.complete(new Answer.Ok<>(alreadyThere.get()));
            } else if (answer instanceof SnapshotTaken.Unsupported unsupported) {
                failed(Code.NOT_IMPLEMENTED, unsupported.reason());
            } else {
                failed(reason);
            }
        }

        private void keep(Snapshot snapshot) {
            // The leader may have sent a later one meanwhile.
            boolean fits = isTrusted(snapshot.index())
                    && snapshot.index() >= core.firstIndex()
                    && core.snapshot()
                            .filter(latest -> latest.index() >= snapshot.index())
                            .isEmpty();
            if (!fits) {
                // One that is not in the log yet takes nothing away: should the process end now, the log needs the old
                // one.
                latest().ifPresent(Snapshots.this::dropOlderThan);
                failed("the leader has sent a later one meanwhile");
                return;
            }
            long firstKept = firstKept(snapshot.index());
            input.accept(() -> core.snapshotTaken(snapshot, firstKept));
            compact(firstKept);
            dropOlderThan(snapshot);
            loggedBytesAtSnapshot = loggedBytesAtBegin;
            retryNanos = RETRY_MIN_NANOS;
            problem = Optional.empty();
            underWay = null;
            long tookNanos = System.nanoTime() - startNanos;
            metrics.taken(tookNanos, snapshot.bytes());
            LOG.info(
                    "took a snapshot at index {} of term {}, {} bytes in {} ms; the log begins with index {}",
                    snapshot.index(),
                    snapshot.term(),
                    snapshot.bytes(),
                    Duration.ofNanos(tookNanos).toMillis(),
                    firstKept);
            taken.complete(new Answer.Ok<>(snapshot));
        }

        private void failed(String reason) {
            failed(Code.SNAPSHOT_FAILED, reason);
        }

        private void failed(Code code, String reason) {
            underWay = null;
            notBeforeNanos = System.nanoTime() + retryNanos;
            retryNanos = Math.min(RETRY_MAX_NANOS, retryNanos * 2);
            report("no snapshot was taken: " + reason);
            metrics.failed();
            taken.complete(Snapshots.failed(code, reason));
        }
    }

    private static <T> Answer<T> failed(Code code, String reason) {
        return new Answer.Failed<>(Problem.of(code, Outcome.NONE, "No snapshot was taken: " + reason + "."));
    }

    /** The log keeps a tail behind the snapshot, for followers that are a little slow. */
    private long firstKept(long snapshotIndex) {
        long entryBytes = Math.max(Entry.OVERHEAD_BYTES, loggedEntries == 0 ? 0 : loggedBytes / loggedEntries);
        long kept = options.tailBytes() / entryBytes;
        return Math.max(core.firstIndex(), snapshotIndex + 1 - kept);
    }

    /** Even what says which segments are dropped needs a little room; without it they stay until there is some. */
    private void compact(long firstIndex) {
        logThread.compact(firstIndex).onFailure(e -> {
            if (e instanceof NoRoomException) {
                report("the log could not be cut behind the snapshot: " + e.getMessage());
                vertx.setTimer(COMPACT_RETRY_MILLIS, ignored -> {
                    if (!closed) {
                        compact(firstIndex);
                    }
                });
            } else {
                fatal.accept(e);
            }
        });
    }

    private void dropOlderThan(Snapshot snapshot) {
        thread.dropOlderThan(snapshot).onFailure(e -> report("cannot delete old snapshots: " + e.getMessage()));
    }

    private void report(String what) {
        problem = Optional.of(what);
        LOG.warn("{}", what);
    }

    /** The disk is about to be closed: what waits for its time is not done any more. */
    void close() {
        closed = true;
        sending.close();
        taking.close();
    }
}
