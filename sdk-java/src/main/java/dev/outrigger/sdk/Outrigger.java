package dev.outrigger.sdk;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The application's way to the agent beside it. Safe for many threads; no method blocks but {@link #close}. Futures fail
 * with an {@link OutriggerException} and nothing else, at the latest a quarter of a second after their deadline.
 *
 * <p>Commands are sent within a session, which is opened with the first one: each has its number there, so it can be sent
 * again after a lost answer and still takes effect once. At most 1,024 numbers are in use at once; further commands wait
 * for the oldest of them.
 *
 * <p>Callbacks that are chained to a future without {@code Async} run on the SDK's sender threads and must not block:
 * commands of others wait for them. The {@code Async} variants run on threads of the SDK that may.
 */
public final class Outrigger implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Outrigger.class.getName());
    private static final Duration END_SESSION_AT_MOST = Duration.ofSeconds(1);
    private static final int BATCH_CALLS_MAX = 4_096;
    private static final int BATCH_BYTES_MAX = 1 << 20;
    private static final int READS_MAX = 16_384;
    private static final long QUERY_BYTES_MAX = 64L << 20;
    private static final int BARRIER_SENDERS = 2;
    private static final int ASK_SENDERS = 8;
    private static final int CALLBACK_THREADS = 4;
    private static final int CALLBACKS_WAITING_MAX = 16_384;
    private static final long SWEEP_MILLIS = 20;

    private final OutriggerOptions options;
    private final AgentHttp agent;
    private final CommandSession session;
    private final Progress progress = new Progress();
    private final ThreadPoolExecutor callbacks = callbackThreads();
    private final ScheduledExecutorService sweeper =
            Executors.newSingleThreadScheduledExecutor(new DaemonThreads("outrigger-deadlines"));
    private final Lane<byte[], CommandResult> commands;
    private final Lane<Ask, Long> barriers;
    private final Lane<Ask, byte[]> asks;
    private final List<Lane<?, ?>> lanes;

    /** A request whose answer is used as it comes. */
    private record Ask(String method, String path, byte[] body) {
        private static Ask get(String path) {
            return new Ask("GET", path, new byte[0]);
        }

        private AgentRequest toRequest(Duration wait) {
            return method.equals("GET") ? AgentRequest.get(path, wait) : AgentRequest.octets(path, body, wait);
        }
    }

    private Outrigger(OutriggerOptions options) {
        this.options = options;
        agent = new AgentHttp(options.agent(), options.token());
        session = new CommandSession(agent);
        commands = new Lane<>(
                "commands",
                commandLimits(options),
                new CommandExchange(agent, options.sessions() ? session : null, progress));
        barriers = new Lane<>(
                "barriers",
                new Lane.Limits(READS_MAX, QUERY_BYTES_MAX, READS_MAX, BATCH_BYTES_MAX, BARRIER_SENDERS, 0),
                new ReadExchange<>(agent, Ask::toRequest, this::readIndex));
        asks = new Lane<>(
                "queries",
                new Lane.Limits(READS_MAX, QUERY_BYTES_MAX, 1, BATCH_BYTES_MAX, ASK_SENDERS, 0),
                new ReadExchange<>(agent, Ask::toRequest, body -> body));
        lanes = List.of(commands, barriers, asks);
        sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static Lane.Limits commandLimits(OutriggerOptions options) {
        int window = options.sessions() ? OutriggerOptions.SESSION_WINDOW : 0;
        // One batch must not take the whole window, or the others could not be under way beside it.
        int batchCallsMax = options.sessions() ? window / options.senders() : BATCH_CALLS_MAX;
        return new Lane.Limits(
                options.callsMax(), options.bytesMax(), batchCallsMax, BATCH_BYTES_MAX, options.senders(), window);
    }

    /** A client of the agent at 127.0.0.1:7411. Nothing is sent before the first call. */
    public static Outrigger connect() {
        return connect(OutriggerOptions.defaults());
    }

    /** A client of the agent that the options name. Nothing is sent before the first call. */
    public static Outrigger connect(OutriggerOptions options) {
        return new Outrigger(options);
    }

    /** Submits commands in the application's own types. */
    public <C, A> Commands<C, A> commands(Codec<C> commands, Codec<A> answers) {
        return new Commands<>(this, commands, answers);
    }

    /** {@link #submit(byte[], Duration)} with the deadline of the options. */
    public CompletableFuture<CommandResult> submit(byte[] command) {
        return submit(command, options.deadline());
    }

    /**
     * Has the command agreed on by the cluster, and completes when the application beside this agent has applied it: its
     * state then shows it.
     *
     * <p>Order: a command submitted after another one's future has completed comes after it in the log. Commands in
     * flight together may end up in any order.
     *
     * <p>What was not executed for a cause that may pass, and what became of which nobody said, is tried again until the
     * deadline, under the same number; {@link OutriggerOptions#withoutSessions} tells what holds without numbers. Fails
     * with {@link RefusedException}, {@link UnavailableException}, {@link TooLargeException}, {@link SkippedException} or
     * {@link OutcomeUnknownException}.
     *
     * @param command not copied: must not change any more
     * @param deadline from now; the agent is told, and gives its own word on the command just before
     */
    public CompletableFuture<CommandResult> submit(byte[] command, Duration deadline) {
        Call<byte[], CommandResult> call = call(command, command.length, deadline);
        if (command.length > options.commandBytesMax()) {
            call.fail(new TooLargeException(
                    "the command has " + command.length + " bytes; the limit is " + options.commandBytesMax(), null));
        } else {
            commands.offer(call);
        }
        return call.reply();
    }

    /** {@link #query(byte[], Consistency, Duration)} with the deadline of the options. */
    public CompletableFuture<byte[]> query(byte[] query, Consistency consistency) {
        return query(query, consistency, options.deadline());
    }

    /**
     * Asks the application beside the agent through its {@link StateMachine#query}. Fails with
     * {@link UnavailableException} or {@link TooLargeException}; tried again until the deadline while the cause may pass.
     *
     * @param query not copied: must not change any more
     */
    public CompletableFuture<byte[]> query(byte[] query, Consistency consistency, Duration deadline) {
        return ask(new Ask("POST", "/v1/queries?" + consistency.queryString(), query), deadline);
    }

    /** {@link #barrier(Duration)} with the deadline of the options. */
    public CompletableFuture<Long> barrier() {
        return barrier(options.deadline());
    }

    /**
     * Completes, with an index, once the application beside this agent has applied everything that was committed when
     * this was called: a local read is then linearizable. Barriers that wait at the same time share one request.
     */
    public CompletableFuture<Long> barrier(Duration deadline) {
        Call<Ask, Long> call = call(Ask.get("/v1/barrier"), 0, deadline);
        barriers.offer(call);
        return call.reply();
    }

    /** {@link #read(Supplier, Duration)} with the deadline of the options. */
    public <T> CompletableFuture<T> read(Supplier<T> local) {
        return read(local, options.deadline());
    }

    /**
     * A linearizable read of the application's own state: a barrier, then {@code local} on a thread of the SDK, which it
     * may block. What {@code local} throws is what the future fails with.
     *
     * @param local usually around {@link AppServer#read}
     * @param deadline for the barrier
     */
    public <T> CompletableFuture<T> read(Supplier<T> local, Duration deadline) {
        return readAfter(barrier(deadline), 0, local);
    }

    /**
     * A read that sees at least the command at {@code minIndex}, wherever it was submitted. Asks nobody when an answer so
     * far has shown that the application beside the agent has come that far, as after one's own commands; else there is a
     * barrier first.
     *
     * @param minIndex from the answer to a command, or to a read. One that the cluster has not reached fails with
     *     {@link UnavailableException}
     */
    public <T> CompletableFuture<T> read(long minIndex, Supplier<T> local) {
        CompletableFuture<Long> ready =
                progress.has(minIndex) ? CompletableFuture.completedFuture(minIndex) : barrier(options.deadline());
        return readAfter(ready, minIndex, local);
    }

    private <T> CompletableFuture<T> readAfter(CompletableFuture<Long> ready, long minIndex, Supplier<T> local) {
        Reply<T> reply = new Reply<>(callbacks);
        ready.whenCompleteAsync(
                (index, failure) -> {
                    if (failure != null) {
                        reply.completeExceptionally(failure);
                    } else if (index < minIndex) {
                        reply.completeExceptionally(new UnavailableException(
                                "the cluster has come to index " + index + ", not to " + minIndex));
                    } else {
                        complete(reply, local);
                    }
                },
                callbacks);
        return reply;
    }

    private static <T> void complete(Reply<T> reply, Supplier<T> local) {
        try {
            reply.complete(local.get());
        } catch (Throwable e) {
            reply.completeExceptionally(e);
        }
    }

    /** The agent's status document, as JSON. */
    public CompletableFuture<String> status() {
        return ask(Ask.get("/v1/status"), options.deadline())
                .thenApply(body -> new String(body, StandardCharsets.UTF_8));
    }

    /** {@link #close(Duration)} with the deadline of the options. */
    @Override
    public void close() {
        close(options.deadline());
    }

    /**
     * Stops gracefully: takes no more calls, waits for those in hand, and ends the session. What is left after
     * {@code atMost}, or when interrupted, is given up, and each call is told what is known of it. From a callback it
     * returns at once, and the rest is done on another thread.
     */
    public void close(Duration atMost) {
        lanes.forEach(Lane::close);
        if (lanes.stream().anyMatch(Lane::sendsOnCurrentThread)) {
            new DaemonThreads("outrigger-close").newThread(() -> finish(atMost)).start();
        } else {
            finish(atMost);
        }
    }

    private void finish(Duration atMost) {
        if (allAnswered(System.nanoTime() + atMost.toNanos())) {
            session.end(END_SESSION_AT_MOST);
        }
        agent.close();
        lanes.forEach(Lane::abandon);
        sweeper.shutdown();
        callbacks.shutdown();
    }

    private boolean allAnswered(long endNanos) {
        try {
            for (Lane<?, ?> lane : lanes) {
                if (!lane.awaitClosed(endNanos - System.nanoTime())) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CompletableFuture<byte[]> ask(Ask ask, Duration deadline) {
        Call<Ask, byte[]> call = call(ask, ask.body().length, deadline);
        asks.offer(call);
        return call.reply();
    }

    private <Q, A> Call<Q, A> call(Q request, int bytes, Duration deadline) {
        return new Call<>(request, bytes, System.nanoTime() + deadline.toNanos(), new Reply<>(callbacks));
    }

    private Long readIndex(byte[] body) {
        long[] index = {-1};
        JsonReader in = new JsonReader(body);
        in.object(name -> {
            if (name.equals("index")) {
                index[0] = in.integer(0, Long.MAX_VALUE);
            } else {
                in.skip();
            }
        });
        in.end();
        if (index[0] < 0) {
            throw in.malformed("a barrier needs its index");
        }
        progress.reached(index[0]);
        return index[0];
    }

    /** Nothing may end the loop that watches the deadlines. */
    private void sweep() {
        try {
            long now = System.nanoTime();
            lanes.forEach(lane -> lane.sweep(now, callbacks));
            agent.sweep(now);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "Deadlines were not checked this time; they are again in " + SWEEP_MILLIS + " ms", e);
        }
    }

    /** When all threads and the queue are taken the caller runs its own task, and slows down by that. */
    private static ThreadPoolExecutor callbackThreads() {
        RejectedExecutionHandler inPlace = (task, executor) -> task.run();
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                CALLBACK_THREADS,
                CALLBACK_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(CALLBACKS_WAITING_MAX),
                new DaemonThreads("outrigger-callback"),
                inPlace);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
