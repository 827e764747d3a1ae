package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Entry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Hands committed commands to the application: in order, one batch under way at a time, each with everything that has
 * gathered meanwhile. Stops at the first answer that is not exactly right. Knows nothing of what happens then.
 */
final class Delivery {
    /** What comes of it. Called on the event loop; between {@code failed} and the next {@code begin} nothing comes. */
    interface Outcome {
        /** A batch is done; without commands it needed no application. Nothing is under way at this moment. */
        void delivered(Batch batch, List<Result> results);

        void failed(BatchFailure failure);

        /**
         * The end of a backup that changes nothing, by the log alone, so on every member alike.
         *
         * @param stateBefore whether that is because something was applied before it
         */
        void voided(long index, boolean stateBefore, String reason);

        /** The application is to be given this; delivery stands until it begins anew. */
        void restore(RestorableSnapshot backup);
    }

    private final CommittedLog log;
    private final AppClient client;
    private final AppOptions options;
    private final Pace pace;
    private final AppMetrics metrics;
    private final Executor supervised;
    private final Outcome outcome;
    private final Backlog backlog;
    private long sentIndex;
    private long replayLastIndex;
    private boolean busy;
    private boolean sending;
    /** Tells this run's answers from those of a run that was stopped. */
    private long run;

    /**
     * @param backlog what is delivered; brought to where the application stands before delivery begins
     * @param supervised runs each continuation, at once and on this thread, and survives what it throws
     */
    Delivery(
            CommittedLog log,
            Backlog backlog,
            AppClient client,
            AppOptions options,
            Pace pace,
            AppMetrics metrics,
            Executor supervised,
            Outcome outcome) {
        this.log = log;
        this.backlog = backlog;
        this.client = client;
        this.options = options;
        this.pace = pace;
        this.metrics = metrics;
        this.supervised = supervised;
        this.outcome = outcome;
    }

    /**
     * Goes on from where the backlog is.
     *
     * @param replayLastIndex entries up to here are told to the application as replayed
     */
    void begin(long replayLastIndex) {
        stop();
        sentIndex = backlog.appliedIndex();
        this.replayLastIndex = replayLastIndex;
        wake();
    }

    /** An answer under way will be ignored. */
    void stop() {
        run++;
        busy = false;
        sending = false;
    }

    /** Whether nothing is under way. */
    boolean isIdle() {
        return !busy;
    }

    /** Whether a batch is under way to the application. */
    boolean isSending() {
        return sending;
    }

    /** The last command that the application may have applied: it was sent, if not yet answered. */
    long sentIndex() {
        return sentIndex;
    }

    /** There may be more to deliver. */
    void wake() {
        if (!busy) {
            next();
        }
    }

    private void next() {
        busy = true;
        if (backlog.isRestoreNext()) {
            restore(backlog.first());
        } else if (!backlog.isEmpty()) {
            Batch batch = take();
            if (batch.isEmpty()) {
                finish(batch, List.of());
            } else {
                send(batch);
            }
        } else if (backlog.nextIndex() <= log.deliverableIndex()) {
            log.read(backlog.nextIndex(), options.limits().batchBytesMax()).onComplete(inThisRun(this::onRead));
        } else {
            busy = false;
        }
    }

    private Batch take() {
        long nextIndex = backlog.doneIndex() + 1;
        long lastIndexMax = pace.lastIndexMax(nextIndex);
        if (nextIndex <= replayLastIndex) {
            lastIndexMax = Math.min(lastIndexMax, replayLastIndex);
        }
        return backlog.take(pace.commandsMax(nextIndex), lastIndexMax);
    }

    /**
     * A backup counts when nothing was applied before its end. An application that stands anywhere else than before the log
     * has applied something of it, or of a snapshot, which holds something.
     */
    private void restore(Entry entry) {
        if (backlog.appliedIndex() > 0) {
            pass(entry, true, "something was applied before it, the last at index " + backlog.appliedIndex());
            return;
        }
        if (RestorePart.decode(entry.data()).orElse(null) instanceof RestorePart.End end) {
            source(end, entry.index()).check().onComplete(inThisRun(checked -> onChecked(entry, end, checked)));
        } else {
            pass(entry, false, "it cannot be read");
        }
    }

    private RestoreSource source(RestorePart.End end, long endIndex) {
        return new RestoreSource(log, options.limits().batchBytesMax(), end, endIndex);
    }

    private void onChecked(Entry entry, RestorePart.End end, AsyncResult<Optional<String>> checked) {
        if (checked.failed()) {
            unreadable(checked.cause());
        } else if (checked.result().isPresent()) {
            pass(entry, false, checked.result().get());
        } else {
            outcome.restore(new RestorableSnapshot(
                    entry.index(),
                    entry.term(),
                    end.format(),
                    end.bytes(),
                    () -> Future.succeededFuture(source(end, entry.index()))));
        }
    }

    private void pass(Entry entry, boolean stateBefore, String reason) {
        long thisRun = run;
        Batch batch = backlog.takeRestore();
        outcome.voided(entry.index(), stateBefore, reason);
        if (thisRun == run) {
            finish(batch, List.of());
        }
    }

    private void onRead(AsyncResult<List<Entry>> result) {
        if (result.failed()) {
            unreadable(result.cause());
            return;
        }
        backlog.add(result.result());
        next();
    }

    private void unreadable(Throwable cause) {
        String detail = "cannot be given what follows, the log cannot be read: " + cause;
        fail(new AppFailure(Cause.LOG, detail), backlog.nextIndex(), 0);
    }

    private void send(Batch batch) {
        boolean replay = batch.lastIndex() <= replayLastIndex;
        long startNanos = System.nanoTime();
        sending = true;
        sentIndex = batch.lastCommand().index();
        client.apply(AppJson.writeBatch(options.bootEpoch(), backlog.appliedIndex(), replay, batch.commands()))
                .map(reply -> verified(reply, batch))
                .onComplete(inThisRun(result -> onAnswer(batch, result, System.nanoTime() - startNanos)));
    }

    private static List<Result> verified(AppReply reply, Batch batch) {
        int commands = batch.commands().size();
        AppJson.Applied answer = AppJson.readApplied(reply.bodyOf200(), commands);
        long lastIndex = batch.lastCommand().index();
        if (answer.applied() != lastIndex) {
            throw new AppFailure(
                    Cause.MALFORMED,
                    "says it has applied index " + answer.applied() + " after a batch that ends at " + lastIndex);
        }
        return answer.results();
    }

    private void onAnswer(Batch batch, AsyncResult<List<Result>> result, long tookNanos) {
        int commands = batch.commands().size();
        sending = false;
        if (result.failed()) {
            fail(AppFailure.of(result.cause()), batch.firstCommand(), commands);
            return;
        }
        metrics.applied(commands, tookNanos);
        pace.delivered(batch.lastIndex(), tookNanos);
        finish(batch, result.result());
    }

    private void finish(Batch batch, List<Result> results) {
        long thisRun = run;
        backlog.done(batch);
        outcome.delivered(batch, results);
        // Whoever heard of it may have stopped the delivery.
        if (thisRun == run) {
            next();
        }
    }

    private void fail(AppFailure failure, long firstIndex, int commands) {
        metrics.failed("apply", failure);
        outcome.failed(
                new BatchFailure(failure.cause(), failure.detail(), backlog.appliedIndex(), firstIndex, commands));
    }

    private <T> Handler<AsyncResult<T>> inThisRun(Consumer<AsyncResult<T>> continuation) {
        long thisRun = run;
        return result -> {
            if (thisRun == run) {
                supervised.execute(() -> continuation.accept(result));
            }
        };
    }
}
