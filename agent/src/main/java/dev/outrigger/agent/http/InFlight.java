package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many requests wait for their answer and how many bytes they hold; refuses what would be too much with 429. */
final class InFlight {
    private final int requestsMax;
    private final long bytesMax;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    InFlight(int requestsMax, long bytesMax, MeterRegistry meters) {
        this.requestsMax = requestsMax;
        this.bytesMax = bytesMax;
        Gauge.builder("outrigger.http.in.flight", requests, AtomicInteger::get)
                .description("Requests to the client API that wait for their answer")
                .register(meters);
        Gauge.builder("outrigger.http.body", bytes, AtomicLong::get)
                .description("What their bodies hold in memory")
                .baseUnit("bytes")
                .register(meters);
    }

    /** Counts the request until its answer has gone out or its client has gone away. */
    Handler<RoutingContext> counted(Handler<RoutingContext> handler) {
        return request -> {
            if (requests.get() >= requestsMax) {
                throw RefusedRequest.because(
                        Problem.Code.OVERLOADED,
                        requestsMax + " requests wait for their answer already, the most that this agent takes; try"
                                + " again later.");
            }
            requests.incrementAndGet();
            request.addEndHandler(ended -> requests.decrementAndGet());
            handler.handle(request);
        };
    }

    /** Reserves memory for a body. False: there is no room now. */
    boolean hold(int count) {
        if (bytes.get() + count > bytesMax) {
            return false;
        }
        bytes.addAndGet(count);
        return true;
    }

    void release(long count) {
        bytes.addAndGet(-count);
    }
}
