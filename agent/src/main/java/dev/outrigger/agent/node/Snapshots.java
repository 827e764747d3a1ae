package dev.outrigger.agent.node;

import dev.outrigger.agent.app.RestorableSnapshot;
import dev.outrigger.agent.app.SnapshotSink;
import dev.outrigger.agent.app.SnapshotTaken;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.ChunkFetch;
import dev.outrigger.agent.core.message.ChunkWrite;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ClusterIdentity;
import dev.outrigger.agent.storage.Room;
import dev.outrigger.agent.storage.SnapshotHead;
import dev.outrigger.agent.storage.SnapshotStore;
import dev.outrigger.agent.storage.Storage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
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

    private final Vertx vertx;
    private final NodeOptions.SnapshotOptions options;
    private final RaftCore core;
    private final ClusterIdentity cluster;
    private final Storage storage;
    private final LogThread logThread;
    private final SnapshotThread thread;
    private final Function<SnapshotSink, Future<SnapshotTaken>> app;
    private final Consumer<Runnable> input;
    private final Consumer<Throwable> fatal;
    private final SnapshotMetrics metrics;
    private final RateLimit sending;
    private final RateLimit taking;

    private @Nullable Taking underWay;
    private Optional<RestorableSnapshot> restorable = Optional.empty();
    private Optional<Snapshot> restorableOf = Optional.empty();
    /** Bytes of entries that have come since this start, and how far they had come when the last snapshot began. */
    private long loggedBytes;

    private long loggedBytesAtSnapshot;
    private long loggedEntries;
    private long notBeforeNanos = System.nanoTime();
    private long retryNanos = RETRY_MIN_NANOS;
    private Optional<String> problem = Optional.empty();

    /**
     * @param app takes a snapshot of the application
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
        this.input = input;
        this.fatal = fatal;
        this.metrics = metrics;
        this.sending = new RateLimit(options.bytesPerSecond(), System.nanoTime());
        this.taking = new RateLimit(options.bytesPerSecond(), System.nanoTime());
        this.loggedEntries = core.lastIndex() + 1 - core.firstIndex();
        this.loggedBytes = storage.logBytes();
        this.loggedBytesAtSnapshot = loggedBytes - behindSnapshot(loggedBytes);
    }

    /** What a log of so many bytes has behind the snapshot, when all entries are alike. */
    private long behindSnapshot(long logBytes) {
        long behind = core.lastIndex() - core.snapshot().map(Snapshot::index).orElse(0L);
        return loggedEntries == 0 ? 0 : (long) ((double) logBytes * behind / loggedEntries);
    }

    // ---- pieces ----

    /** A follower needs a piece; at the rate that is set. */
    void fetch(ChunkFetch fetch) {
        after(
                sending.delayMillis(fetch.bytesMax(), System.nanoTime()),
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
        loggedBytesAtSnapshot = loggedBytes;
        dropOlderThan(snapshot);
    }

    /** What the application may be given instead of the log. */
    Optional<RestorableSnapshot> restorable() {
        Optional<Snapshot> latest = core.snapshot().filter(snapshot -> snapshot.index() <= core.durableIndex());
        if (!latest.equals(restorableOf)) {
            restorableOf = latest;
            restorable = Optional.empty();
            latest.ifPresent(this::describe);
        }
        return restorable;
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
        restorable();
        if (underWay == null && nowNanos - notBeforeNanos >= 0 && isDue() && !isUpToDate()) {
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

    private boolean isUpToDate() {
        return core.snapshot()
                .filter(snapshot -> snapshot.index() >= core.deliverableIndex())
                .isPresent();
    }

    /** Takes one now, or joins the one that is under way. The future fails with the reason in words. */
    Future<Snapshot> take() {
        if (underWay != null) {
            return underWay.taken.future();
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
        private final Promise<Snapshot> taken = Promise.promise();
        private final long startNanos = System.nanoTime();
        private final long loggedBytesAtBegin = loggedBytes;
        private SnapshotStore.@Nullable Draft draft;

        @Override
        public Future<Void> begin(long index, long term, String format) {
            if (core.snapshot().filter(snapshot -> snapshot.index() >= index).isPresent()) {
                return Future.failedFuture("there is one at index "
                        + core.snapshot().get().index() + ", and the application stands at index " + index);
            }
            if (index < core.firstIndex() || index > core.deliverableIndex() || core.termAt(index) != term) {
                return Future.failedFuture("the application's is of index " + index + " and term " + term
                        + ", which this log does not hold as committed");
            }
            if (storage.room().level() != Room.Level.AMPLE) {
                return Future.failedFuture("the disk is short of space");
            }
            return logThread
                    .read(index, 1)
                    .onFailure(fatal::accept)
                    .compose(entries -> entries.isEmpty()
                            ? Future.failedFuture("the log no longer holds index " + index)
                            : thread.begin(head(entries.get(0), format)))
                    .onSuccess(begun -> draft = begun)
                    .mapEmpty();
        }

        private SnapshotHead head(Entry last, String format) {
            return new SnapshotHead(
                    last.index(),
                    last.term(),
                    last.timeMillis(),
                    core.configurationAt(last.index()),
                    cluster.clusterId(),
                    cluster.clusterName(),
                    format);
        }

        @Override
        public Future<Void> write(Payload bytes) {
            SnapshotStore.Draft open = draft;
            if (open == null) {
                return Future.failedFuture("it was never begun");
            }
            Promise<Void> written = Promise.promise();
            after(
                    taking.delayMillis(bytes.length(), System.nanoTime()),
                    () -> thread.write(open, bytes).onComplete(written));
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
                failed(
                        answer instanceof SnapshotTaken.Unsupported unsupported
                                ? unsupported.reason()
                                : answer instanceof SnapshotTaken.Failed failed ? failed.reason() : "it broke off");
            }
        }

        private void keep(Snapshot snapshot) {
            // The leader may have sent a later one meanwhile.
            boolean fits = snapshot.index() >= core.firstIndex()
                    && core.snapshot()
                            .filter(latest -> latest.index() >= snapshot.index())
                            .isEmpty();
            if (!fits) {
                core.snapshot().ifPresent(Snapshots.this::dropOlderThan);
                failed("the leader has sent a later one meanwhile");
                return;
            }
            long firstKept = firstKept(snapshot.index());
            input.accept(() -> core.snapshotTaken(snapshot, firstKept));
            logThread.compact(firstKept).onFailure(fatal::accept);
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
            taken.complete(snapshot);
        }

        private void failed(String reason) {
            underWay = null;
            notBeforeNanos = System.nanoTime() + retryNanos;
            retryNanos = Math.min(RETRY_MAX_NANOS, retryNanos * 2);
            report("no snapshot was taken: " + reason);
            metrics.failed();
            taken.fail(reason);
        }
    }

    /** The log keeps a tail behind the snapshot, for followers that are a little slow. */
    private long firstKept(long snapshotIndex) {
        long entryBytes = Math.max(Entry.OVERHEAD_BYTES, loggedEntries == 0 ? 0 : loggedBytes / loggedEntries);
        long kept = options.tailBytes() / entryBytes;
        return Math.max(core.firstIndex(), snapshotIndex + 1 - kept);
    }

    private void dropOlderThan(Snapshot snapshot) {
        thread.dropOlderThan(snapshot).onFailure(e -> report("cannot delete old snapshots: " + e.getMessage()));
    }

    private void report(String what) {
        problem = Optional.of(what);
        LOG.warn("{}", what);
    }

    private void after(long millis, Runnable action) {
        if (millis <= 0) {
            action.run();
        } else {
            vertx.setTimer(millis, ignored -> action.run());
        }
    }
}
