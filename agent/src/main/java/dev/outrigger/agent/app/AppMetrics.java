package dev.outrigger.agent.app;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The channel's meters, {@code outrigger.app.*}. Written on the event loop, read by any thread. */
final class AppMetrics {
    private final MeterRegistry registry;
    private final Timer applyTime;
    private final DistributionSummary batchCommands;
    private final Counter commandsApplied;
    private final Map<Push.Form, Counter> batches = new EnumMap<>(Push.Form.class);
    private volatile boolean streaming;
    private volatile AppStatus.State state = AppStatus.State.WAITING;

    AppMetrics(MeterRegistry registry) {
        this.registry = registry;
        applyTime = Timer.builder("outrigger.app.apply")
                .description("From sending a batch to its verified answer")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(50_000))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(registry);
        batchCommands = DistributionSummary.builder("outrigger.app.batch.commands")
                .description("Commands in one verified batch")
                .register(registry);
        commandsApplied = Counter.builder("outrigger.app.commands.applied")
                .description("Commands that the application applied and answered; replayed ones count again")
                .register(registry);
        for (Push.Form form : Push.Form.values()) {
            Counter counter = Counter.builder("outrigger.app.batches")
                    .description("Batches that were answered, by the form they went in")
                    .tag("form", form.name().toLowerCase(Locale.ROOT))
                    .register(registry);
            batches.put(form, counter);
        }
        Gauge.builder("outrigger.app.stream", () -> streaming ? 1 : 0)
                .description("1 while a stream is open for batches")
                .register(registry);
        for (AppStatus.State each : AppStatus.State.values()) {
            Gauge.builder("outrigger.app.state", () -> state == each ? 1 : 0)
                    .description("1 for the state that the application channel is in")
                    .tag("state", each.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    void state(AppStatus.State now) {
        state = now;
    }

    void applied(int commands, long tookNanos) {
        applyTime.record(tookNanos, TimeUnit.NANOSECONDS);
        batchCommands.record(commands);
        commandsApplied.increment(commands);
    }

    void streaming(boolean now) {
        streaming = now;
    }

    /** The application has given a batch a well-formed answer. */
    void answered(Push.Form form) {
        Objects.requireNonNull(batches.get(form)).increment();
    }

    /**
     * A snapshot was taken from the application or given to it, or not.
     *
     * @param call {@code take} or {@code restore}
     * @param outcome {@code done}, {@code unsupported}, {@code refused} or {@code failed}
     * @param bytes that went through, whatever the outcome
     */
    void snapshot(String call, String outcome, long tookNanos, long bytes) {
        Timer.builder("outrigger.app.snapshot")
                .description("Snapshots taken from the application and given to it")
                .tag("call", call)
                .tag("outcome", outcome)
                .register(registry)
                .record(tookNanos, TimeUnit.NANOSECONDS);
        Counter.builder("outrigger.app.snapshot.bytes")
                .description("Bytes of snapshots taken from the application and given to it, failed ones included")
                .baseUnit("bytes")
                .tag("call", call)
                .register(registry)
                .increment(bytes);
    }

    /** The sessions were written down, or not. */
    void checkpoint(boolean written) {
        registry.counter("outrigger.sessions.checkpoints", "outcome", written ? "done" : "failed")
                .increment();
    }

    void decided(Decision decision) {
        registry.counter("outrigger.app.handshakes", "decision", decision.tag()).increment();
    }

    void failed(String call, AppFailure failure) {
        registry.counter(
                        "outrigger.app.failures",
                        "call",
                        call,
                        "cause",
                        failure.cause().tag())
                .increment();
    }
}
