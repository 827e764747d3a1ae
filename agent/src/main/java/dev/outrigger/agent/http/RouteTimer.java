package dev.outrigger.agent.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Measures the requests of one path from their head to the end of the answer, by status. */
final class RouteTimer {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private final String listener;
    private final String path;
    private final MeterRegistry meters;
    private final Map<String, Timer> byStatus = new ConcurrentHashMap<>();

    RouteTimer(String listener, String path, MeterRegistry meters) {
        this.listener = listener;
        this.path = path;
        this.meters = meters;
    }

    void start(RoutingContext request) {
        long startNanos = System.nanoTime();
        request.addEndHandler(ended -> {
            String status =
                    ended.succeeded() ? Integer.toString(request.response().getStatusCode()) : "client gone";
            byStatus.computeIfAbsent(status, this::timer).record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
        });
    }

    private Timer timer(String status) {
        return Timer.builder("outrigger.http.requests")
                .description("Requests from their head to the end of the answer")
                .tag("listener", listener)
                .tag("route", path)
                .tag("status", status)
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
