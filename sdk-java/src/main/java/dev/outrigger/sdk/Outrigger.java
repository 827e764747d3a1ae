package dev.outrigger.sdk;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
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
 * <p>Callbacks that are chained to a future without {@code Async} run on the SDK's sender threads and must not block:
 * commands of others wait for them. The {@code Async} variants run on threads of the SDK that may.
 */
public final class Outrigger implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Outrigger.class.getName());
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
    private final ExecutorService httpThreads = Executors.newCachedThreadPool(new DaemonThreads("outrigger-http"));
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
    }

    private Outrigger(OutriggerOptions options) {
        this.options = options;
        AgentHttp agent = new AgentHttp(options.agent(), options.token(), httpThreads);
        ReadExchange.Question<Ask> question = (ask, wait) -> toRequest(agent, ask, wait);
        commands = new Lane<>(
                "commands",
                new Lane.Limits(
                        options.callsMax(), options.bytesMax(), BATCH_CALLS_MAX, BATCH_BYTES_MAX, options.senders()),
                new CommandExchange(agent));
        barriers = new Lane<>(
                "barriers",
                new Lane.Limits(READS_MAX, QUERY_BYTES_MAX, READS_MAX, BATCH_BYTES_MAX, BARRIER_SENDERS),
                new ReadExchange<>(agent, question, Outrigger::readIndex));
        asks = new Lane<>(
                "queries",
                new Lane.Limits(READS_MAX, QUERY_BYTES_MAX, 1, BATCH_BYTES_MAX, ASK_SENDERS),
                new ReadExchange<>(agent, question, body -> body));
        lanes = List.of(commands, barriers, asks);
        sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A client of the agent at 127.0.0.1:7411. Nothing is sent before the first call. */
    public static Outrigger connect() {
        return connect(OutriggerOptions.defaults());
    }

    /**
     * A client of the agent that the options name. Nothing is sent before the first call.
     *
     * @throws IllegalStateException when this process lets the JDK's HTTP client repeat requests on its own, since a
     *     repeated command may be executed twice
     */
    public static Outrigger connect(OutriggerOptions options) {
        String repeats = System.getProperty("jdk.httpclient.enableAllMethodRetry");
        if (repeats != null && (repeats.isEmpty() || Boolean.parseBoolean(repeats))) {
            throw new IllegalStateException(
                    "jdk.httpclient.enableAllMethodRetry is set: a command could be executed twice; unset it");
        }
        return new Outrigger(options);
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
     * <p>What was certainly not executed is tried again until the deadline; anything doubtful never is. Fails with
     * {@link RefusedException}, {@link UnavailableException}, {@link TooLargeException} or
     * {@link OutcomeUnknownException}.
     *
     * @param command not copied: must not change any more
     */
    public CompletableFuture<CommandResult> submit(byte[] command, Duration deadline) {
        Call<byte[], CommandResult> call = call(command, command.length, deadline);
        if (command.length > options.commandBytesMax()) {
            call.fail(new TooLargeException(
                    "the command has " + command.length + " bytes; the limit is " + options.commandBytesMax()));
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

    /**
     * A linearizable read of the application's own state: a barrier, then {@code local} on a thread of the SDK, which it
     * may block. What {@code local} throws is what the future fails with.
     */
    public <T> CompletableFuture<T> read(Supplier<T> local) {
        return barrier().thenApplyAsync(index -> local.get());
    }

    /** The agent's status document, as JSON. */
    public CompletableFuture<String> status() {
        return ask(Ask.get("/v1/status"), options.deadline())
                .thenApply(body -> new String(body, StandardCharsets.UTF_8));
    }

    /**
     * Takes no more calls and waits for those in hand, each of which ends by its deadline. When interrupted, gives the
     * rest up, says to each what is known of it, and returns.
     */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
        try {
            for (Lane<?, ?> lane : lanes) {
                lane.awaitClosed();
            }
        } catch (InterruptedException e) {
            lanes.forEach(Lane::abandon);
            Thread.currentThread().interrupt();
        }
        sweeper.shutdown();
        callbacks.shutdown();
        httpThreads.shutdown();
    }

    private CompletableFuture<byte[]> ask(Ask ask, Duration deadline) {
        Call<Ask, byte[]> call = call(ask, ask.body().length, deadline);
        asks.offer(call);
        return call.reply();
    }

    private <Q, A> Call<Q, A> call(Q request, int bytes, Duration deadline) {
        return new Call<>(request, bytes, System.nanoTime() + deadline.toNanos(), new Reply<>(callbacks));
    }

    private static HttpRequest toRequest(AgentHttp agent, Ask ask, Duration wait) {
        return agent.request(ask.path(), wait)
                .method(ask.method(), BodyPublishers.ofByteArray(ask.body()))
                .build();
    }

    private static Long readIndex(byte[] body) {
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
        return index[0];
    }

    /** Nothing may end the loop that watches the deadlines. */
    private void sweep() {
        try {
            long now = System.nanoTime();
            lanes.forEach(lane -> lane.sweep(now, callbacks));
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
