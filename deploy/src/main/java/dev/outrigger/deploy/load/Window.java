package dev.outrigger.deploy.load;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** One measurement: open for a time, and what became of the commands submitted meanwhile. For many threads. */
final class Window {
    /** What is known of a command once its answer is there. */
    enum Outcome {
        ACKNOWLEDGED,
        NOT_EXECUTED,
        UNKNOWN
    }

    private final String client;
    private final int inFlight;
    private final long openedNanos = System.nanoTime();
    private final long openNanos;
    private final Latencies latencies = new Latencies();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder notExecuted = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private volatile long lastAnswerNanos = openedNanos;

    Window(String client, int inFlight, int seconds) {
        this.client = client;
        this.inFlight = inFlight;
        this.openNanos = seconds * 1_000_000_000L;
    }

    int inFlight() {
        return inFlight;
    }

    boolean isOpen() {
        return System.nanoTime() - openedNanos < openNanos;
    }

    /** Latencies are those of acknowledged commands. */
    void record(Outcome outcome, long submittedNanos) {
        long now = System.nanoTime();
        lastAnswerNanos = now;
        switch (outcome) {
            case ACKNOWLEDGED -> {
                acknowledged.increment();
                latencies.record(now - submittedNanos);
            }
            case NOT_EXECUTED -> notExecuted.increment();
            case UNKNOWN -> unknown.increment();
        }
    }

    static String heading() {
        return String.format(
                "%-6s %9s %12s %10s %10s %13s %8s",
                "client", "in flight", "commands/s", "p50 ms", "p99 ms", "not executed", "unknown");
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%-6s %9d %12.0f %10.3f %10.3f %13d %8d",
                client,
                inFlight,
                perSecond(),
                millis(50),
                millis(99),
                notExecuted.sum(),
                unknown.sum());
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "{\"client\":\"%s\",\"inFlight\":%d,\"commandsPerSecond\":%.0f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,"
                        + "\"acknowledged\":%d,\"notExecuted\":%d,\"unknown\":%d}",
                client,
                inFlight,
                perSecond(),
                millis(50),
                millis(99),
                acknowledged.sum(),
                notExecuted.sum(),
                unknown.sum());
    }

    private double perSecond() {
        return acknowledged.sum() * 1e9 / Math.max(1, lastAnswerNanos - openedNanos);
    }

    private double millis(double percent) {
        return latencies.percentileNanos(percent) / 1e6;
    }
}
