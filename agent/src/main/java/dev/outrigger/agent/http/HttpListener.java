package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One HTTP/1.1 server within limits: connections past the maximum are closed at once and counted, idle ones after a
 * while, heads that are too long are refused.
 */
final class HttpListener {
    private static final int REQUEST_LINE_BYTES_MAX = 8 << 10;
    private static final int HEADERS_BYTES_MAX = 16 << 10;

    private final ListenAddress address;
    private final Problems problems;
    private final int connectionsMax;
    private final HttpServer server;
    private final AtomicInteger connections = new AtomicInteger();
    private final Runnable countRefused;

    /** @param idleTimeout longer than any answer may take, since waiting for one counts as idle */
    HttpListener(
            Vertx vertx,
            ListenAddress address,
            int connectionsMax,
            Duration idleTimeout,
            String name,
            Problems problems,
            MeterRegistry meters) {
        this.address = address;
        this.problems = problems;
        this.connectionsMax = connectionsMax;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADERS_BYTES_MAX)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) idleTimeout.toMillis()));
        Gauge.builder("outrigger.http.connections", connections, AtomicInteger::get)
                .description("Open connections")
                .tag("listener", name)
                .register(meters);
        this.countRefused = () -> meters.counter("outrigger.http.connections.refused", "listener", name)
                .increment();
    }

    /**
     * Opens the listener; requests are handled on {@code context}. May be called on any thread.
     *
     * @return the port, or a {@link ListenException}
     */
    Future<Integer> listen(Context context, Handler<HttpServerRequest> handler) {
        Promise<Integer> opened = Promise.promise();
        server.requestHandler(handler)
                .invalidRequestHandler(this::refuseInvalid)
                .connectionHandler(this::admit);
        context.runOnContext(start -> server.listen()
                .map(HttpServer::actualPort)
                .recover(cause -> Future.failedFuture(new ListenException(address, cause)))
                .onComplete(opened));
        return opened.future();
    }

    /** Takes no more connections, lets the answers under way go out, closes. */
    Future<Void> close(Duration grace) {
        return server.shutdown(grace);
    }

    private void admit(HttpConnection connection) {
        connection.closeHandler(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > connectionsMax) {
            countRefused.run();
            connection.close();
        }
    }

    private void refuseInvalid(HttpServerRequest request) {
        problems.send(
                request,
                Problem.of(
                        Problem.Code.MALFORMED,
                        Problem.Outcome.NONE,
                        "The head of the request cannot be read: "
                                + request.decoderResult().cause().getMessage()));
        request.connection().close();
    }
}
