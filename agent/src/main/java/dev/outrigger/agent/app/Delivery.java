package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.Entry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Hands committed commands to the application: in order, one batch under way at a time, each with everything that has
 * gathered meanwhile. Stops at the first answer that is not exactly right. Knows nothing of what happens then.
 */
final class Delivery {
    /** What comes of it. Called on the event loop; between {@code failed} and the next {@code begin} nothing comes. */
    interface Outcome {
        /** A batch is done; without commands it needed no application. */
        void delivered(Batch batch, List<Result> results);

        void failed(BatchFailure failure);
    }

    private final CommittedLog log;
    private final AppClient client;
    private final AppOptions options;
    private final Pace pace;
    private final AppMetrics metrics;
    private final Executor supervised;
    private final Outcome outcome;
    private final Backlog backlog = new Backlog();
    private long prevIndex;
    private long sentIndex;
    private long replayLastIndex;
    private boolean busy;
    private boolean sending;
    /** Tells this run's answers from those of a run that was stopped. */
    private long run;

    /** @param supervised runs each continuation, at once and on this thread, and survives what it throws */
    Delivery(
            CommittedLog log,
            AppClient client,
            AppOptions options,
            Pace pace,
            AppMetrics metrics,
            Executor supervised,
            Outcome outcome) {
        this.log = log;
        this.client = client;
        this.options = options;
        this.pace = pace;
        this.metrics = metrics;
        this.supervised = supervised;
        this.outcome = outcome;
    }

    void begin(Decision.Deliver position) {
        stop();
        prevIndex = position.appliedIndex();
        sentIndex = prevIndex;
        replayLastIndex = position.replayLastIndex();
        backlog.restart(position.appliedIndex() + 1);
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

    /** The last command that the application has applied, as far as known here. */
    long prevIndex() {
        return prevIndex;
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
        if (!backlog.isEmpty()) {
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
        long nextIndex = backlog.nextIndex();
        long lastIndexMax = pace.lastIndexMax(nextIndex);
        if (nextIndex <= replayLastIndex) {
            lastIndexMax = Math.min(lastIndexMax, replayLastIndex);
        }
        return backlog.take(pace.commandsMax(nextIndex), lastIndexMax);
    }

    private void onRead(AsyncResult<List<Entry>> result) {
        if (result.failed()) {
            String detail = "cannot be given what follows, the log cannot be read: " + result.cause();
            fail(new AppFailure(Cause.LOG, detail), backlog.nextIndex(), 0);
            return;
        }
        backlog.add(result.result());
        next();
    }

    private void send(Batch batch) {
        boolean replay = batch.lastIndex() <= replayLastIndex;
        long startNanos = System.nanoTime();
        sending = true;
        sentIndex = batch.lastCommand().index();
        client.apply(AppJson.writeBatch(options.bootEpoch(), prevIndex, replay, batch.commands()))
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
        prevIndex = batch.lastCommand().index();
        finish(batch, result.result());
    }

    private void finish(Batch batch, List<Result> results) {
        long thisRun = run;
        outcome.delivered(batch, results);
        // Whoever heard of it may have stopped the delivery.
        if (thisRun == run) {
            next();
        }
    }

    private void fail(AppFailure failure, long firstIndex, int commands) {
        metrics.failed("apply", failure);
        outcome.failed(new BatchFailure(failure.cause(), failure.detail(), prevIndex, firstIndex, commands));
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
