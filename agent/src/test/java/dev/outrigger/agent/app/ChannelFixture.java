package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A channel on its event loop, the log it reads, and everything it has told its owner. */
final class ChannelFixture implements AutoCloseable {
    static final String CLUSTER = "orders";
    static final long EPOCH = 7;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Quick to ask again, slow to give up a call. */
    static final AppLimits LIMITS = limits(Duration.ofSeconds(10), 1 << 20, 1024);

    static AppLimits limits(Duration callTimeout, int batchBytesMax, int batchCommandsMax) {
        return limits(callTimeout, Duration.ofHours(1), batchBytesMax, batchCommandsMax);
    }

    static AppLimits limits(Duration callTimeout, Duration idleCheck, int batchBytesMax, int batchCommandsMax) {
        return limits(callTimeout, Duration.ofMillis(20), idleCheck, batchBytesMax, batchCommandsMax);
    }

    /** Asks a refused or unconfirmed application only when there is a reason. */
    static AppLimits asksOnlyWithReason() {
        return limits(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofHours(1), 1 << 20, 1024);
    }

    private static AppLimits limits(
            Duration callTimeout, Duration refusedRetry, Duration idleCheck, int batchBytesMax, int batchCommandsMax) {
        return new AppLimits(
                callTimeout,
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                refusedRetry,
                idleCheck,
                Duration.ofMillis(30),
                Duration.ofMillis(30),
                batchBytesMax,
                batchCommandsMax,
                3,
                1 << 20,
                4,
                1 << 20);
    }

    final MemoryLog log;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Recorder recorder = new Recorder();
    final AppChannel channel;
    private final Context context;
    /** Thrown out of the next results, as no owner should. */
    volatile boolean ownerThrows;

    ChannelFixture(Vertx vertx, URI app, MemoryLog log, AppLimits limits) {
        this.log = log;
        this.context = vertx.getOrCreateContext();
        AppOptions options = new AppOptions(app, CLUSTER, EPOCH, Optional.of("sesame"), limits);
        this.channel = call(() -> new AppChannel(vertx, options, log, recorder, registry));
    }

    ChannelFixture start() {
        return on(AppChannel::start);
    }

    ChannelFixture on(Consumer<AppChannel> step) {
        call(() -> {
            step.accept(channel);
            return true;
        });
        return this;
    }

    /** Changes the log on the event loop and commits all of it. */
    ChannelFixture append(Consumer<MemoryLog> change) {
        return changeLog(log -> change.accept(log), true);
    }

    ChannelFixture changeLog(Consumer<MemoryLog> change, boolean commitAll) {
        return on(channel -> {
            change.accept(log);
            if (commitAll) {
                log.commitAll();
            }
            channel.committed();
        });
    }

    QueryAnswer query(String text) {
        return await(queryLater(text));
    }

    Future<QueryAnswer> queryLater(String text) {
        return call(() -> channel.query(Payload.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }

    AppStatus status() {
        return call(channel::status);
    }

    boolean is(AppStatus.State state) {
        return status().state() == state;
    }

    String reason() {
        return status().reason().orElse("");
    }

    double failures(String call, String cause) {
        io.micrometer.core.instrument.Counter counter = registry.find("outrigger.app.failures")
                .tags("call", call, "cause", cause)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    <T> T call(Callable<T> step) {
        CompletableFuture<T> done = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                done.complete(step.call());
            } catch (Throwable thrown) {
                done.completeExceptionally(thrown);
            }
        });
        return get(done);
    }

    static <T> T await(Future<T> future) {
        return get(future.toCompletionStage().toCompletableFuture());
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception exception) {
            throw new AssertionError(exception);
        }
    }

    ChannelFixture await(String what, BooleanSupplier condition) {
        return await(() -> what, condition);
    }

    ChannelFixture await(Supplier<String> what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("never: " + what.get() + "; status " + status());
            }
            LockSupport.parkNanos(200_000);
        }
        return this;
    }

    ChannelFixture awaitApplied(long index) {
        return await(
                () -> "applied up to " + index + ", but " + recorder.appliedIndex,
                () -> recorder.appliedIndex == index);
    }

    ChannelFixture awaitState(AppStatus.State state) {
        return await("state " + state, () -> is(state));
    }

    @Override
    public void close() {
        await(call(channel::close));
    }

    /** Everything that the channel has told, checked for what must always hold. */
    final class Recorder implements AppEvents {
        volatile long appliedIndex = -1;
        private final List<Long> results = new ArrayList<>();
        private final List<String> lost = new ArrayList<>();
        private final TreeSet<Long> lostIndexes = new TreeSet<>();
        private final List<String> passed = new ArrayList<>();
        private final List<String> voids = new ArrayList<>();
        private final List<AppStatus> states = new ArrayList<>();
        private final List<Long> appliedIndexes = new ArrayList<>();
        private final List<String> violations = new ArrayList<>();

        @Override
        public synchronized void applied(List<Entry> commands, List<Result> answers) {
            check(Context.isOnEventLoopThread(), "not on the event loop");
            check(commands.size() == answers.size(), "results for " + commands + ": " + answers);
            for (int i = 0; i < commands.size(); i++) {
                Entry command = commands.get(i);
                String text = new String(command.data().array(), java.nio.charset.StandardCharsets.UTF_8);
                Result expected = new Result(ScriptedApp.codeOf(command.index()), ScriptedApp.resultOf(text));
                check(expected.equals(answers.get(i)), "wrong result at " + command.index());
                check(command.index() > appliedIndex, "result of " + command.index() + " after " + appliedIndex);
                results.add(command.index());
            }
            if (ownerThrows) {
                ownerThrows = false;
                throw new IllegalStateException("an owner that breaks its promise");
            }
        }

        @Override
        public synchronized void passed(List<Ruling> rulings) {
            rulings.forEach(ruling -> passed.add(ruling.index() + " " + ruling.kind()));
        }

        @Override
        public synchronized void resultsLost(long firstIndex, long lastIndex) {
            check(firstIndex <= lastIndex, "lost nothing");
            lost.add(firstIndex + "-" + lastIndex);
            for (long index = firstIndex; index <= lastIndex; index++) {
                lostIndexes.add(index);
            }
        }

        @Override
        public synchronized void appliedIndex(long index) {
            appliedIndexes.add(index);
            appliedIndex = index;
        }

        @Override
        public synchronized void restoreVoid(long index, boolean stateBefore, String reason) {
            voids.add(index + (stateBefore ? " state before" : " damaged"));
        }

        @Override
        public synchronized void stateChanged(AppStatus status) {
            states.add(status);
        }

        private void check(boolean holds, String otherwise) {
            if (!holds) {
                violations.add(otherwise);
            }
        }

        synchronized List<Long> results() {
            return List.copyOf(results);
        }

        synchronized List<String> passed() {
            return List.copyOf(passed);
        }

        synchronized List<String> voids() {
            return List.copyOf(voids);
        }

        synchronized List<String> lost() {
            return List.copyOf(lost);
        }

        synchronized boolean isLost(long index) {
            return lostIndexes.contains(index);
        }

        synchronized List<AppStatus.State> states() {
            return states.stream().map(AppStatus::state).toList();
        }

        synchronized List<String> reasons() {
            return states.stream().flatMap(status -> status.reason().stream()).toList();
        }

        synchronized List<Long> appliedIndexes() {
            return List.copyOf(appliedIndexes);
        }

        synchronized List<Long> appliedIndexesThatFell() {
            List<Long> fell = new ArrayList<>();
            for (int i = 1; i < appliedIndexes.size(); i++) {
                if (appliedIndexes.get(i) < appliedIndexes.get(i - 1)) {
                    fell.add(appliedIndexes.get(i));
                }
            }
            return fell;
        }

        synchronized List<String> violations() {
            return List.copyOf(violations);
        }
    }
}
