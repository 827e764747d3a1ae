package dev.outrigger.agent.http;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Node;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Status page, health and metrics, read only but for the drain. It has a Vert.x instance of its own, since only that guarantees an event
 * loop that the node does not share: it answers, and says so, when the node's loop is stuck.
 */
public final class OpsListener {
    private static final String LISTENER = "ops";
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    /** Shorter than what ends idle connections. */
    private static final Duration DRAIN_WAIT_MAX = Duration.ofSeconds(30);

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Vertx vertx;
    private final Context context;
    private final Node node;
    private final OpsOptions options;
    private final LongSupplier lastTickNanos;
    private final BooleanSupplier dataLocked;
    private final PrometheusMeterRegistry meters;
    private final StatusView view;
    private final HttpListener listener;
    private final Problems problems;

    /**
     * @param lastTickNanos {@link System#nanoTime()} when the node's event loop last ran a task; read on another thread
     * @param dataLocked whether the data directory is locked, so that the agent has started; read on another thread
     */
    public OpsListener(
            Node node,
            OpsOptions options,
            LongSupplier lastTickNanos,
            BooleanSupplier dataLocked,
            PrometheusMeterRegistry meters) {
        this.node = node;
        this.options = options;
        this.lastTickNanos = lastTickNanos;
        this.dataLocked = dataLocked;
        this.meters = meters;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        this.context = vertx.getOrCreateContext();
        this.view = new StatusView(node, context, options.statusTimeout());
        this.problems = new Problems(LISTENER, meters);
        this.listener = new HttpListener(
                vertx, options.address(), options.connectionsMax(), IDLE_TIMEOUT, LISTENER, problems, meters);
    }

    /**
     * Starts to serve. May be called on any thread.
     *
     * @return the port, or a {@link ListenException}
     */
    public Future<Integer> listen() {
        return listener.listen(context, routes());
    }

    /** Stops serving and ends the event loop. */
    public Future<Void> close() {
        return vertx.close();
    }

    private Router routes() {
        return ApiDocuments.addTo(new Routes(vertx, LISTENER, problems, meters))
                .get("/", this::page)
                .get("/status", this::status)
                .get("/livez", this::live)
                .get("/startupz", this::started)
                .get("/readyz", this::ready)
                .get("/metrics", this::metrics)
                .post("/drain", this::drain)
                .router();
    }

    private void page(RoutingContext request) {
        // The page refreshes itself; its stand-in while the node does not answer has to as well.
        request.response().putHeader("Refresh", Integer.toString(StatusPage.REFRESH_SECONDS));
        Replies.send(request, view.fetch(), (response, status) -> {
            response.putHeader("Content-Security-Policy", PageStyle.CONTENT_SECURITY_POLICY)
                    .putHeader("Referrer-Policy", "no-referrer")
                    .headers()
                    .remove("Refresh");
            Replies.html(response, new StatusPage(status, options.settings(), Instant.now()).render());
        });
    }

    private void status(RoutingContext request) {
        Replies.send(
                request,
                view.fetch(),
                (response, status) -> Replies.json(response, Json.write(new StatusDocument(status))));
    }

    /** Both loops tick: this one by answering, the node's by its last tick. Nothing else, whatever else is wrong. */
    private void live(RoutingContext request) {
        long stalledMillis = (System.nanoTime() - lastTickNanos.getAsLong()) / 1_000_000;
        if (stalledMillis <= options.stallMax().toMillis()) {
            Replies.text(request.response(), "alive\n");
        } else {
            Replies.text(
                    request.response().setStatusCode(503),
                    "the node's event loop has not ticked for " + stalledMillis + " ms\n");
        }
    }

    private void started(RoutingContext request) {
        if (dataLocked.getAsBoolean()) {
            Replies.text(request.response(), "started\n");
        } else {
            Replies.text(request.response().setStatusCode(503), "the data directory is not locked yet\n");
        }
    }

    private void ready(RoutingContext request) {
        boolean verbose = request.queryParams().contains("verbose");
        Replies.send(request, view.fetch().map(Readiness::of), (response, readiness) -> {
            boolean ready = readiness.ready();
            Replies.text(
                    response.setStatusCode(ready ? 200 : 503), ready && !verbose ? "ready\n" : readiness.verbose());
        });
    }

    private void drain(RoutingContext request) {
        BrowserGuard.refuseOtherOrigins(request);
        Duration asked = WaitPreference.of(request.request().headers());
        Duration wait = asked.compareTo(DRAIN_WAIT_MAX) < 0 ? asked : DRAIN_WAIT_MAX;
        Replies.send(request, drained(wait), problems, OpsListener::drained);
    }

    /** On the node's loop and back; who has waited too long is told that it does not answer. */
    private Future<Answer<Optional<MemberId>>> drained(Duration wait) {
        Promise<Answer<Optional<MemberId>>> answer = Promise.promise();
        long timer =
                vertx.setTimer(wait.plus(options.statusTimeout()).toMillis(), late -> answer.tryFail(view.stalled()));
        node.context()
                .runOnContext(there -> node.drain(wait)
                        .onSuccess(done -> context.runOnContext(back -> {
                            vertx.cancelTimer(timer);
                            answer.tryComplete(done);
                        })));
        return answer.future();
    }

    private static void drained(HttpServerResponse response, Optional<MemberId> leader) {
        Replies.json(response, Json.write(json -> {
            json.writeStartObject();
            json.writeBooleanField("draining", true);
            json.writeStringField("leader", leader.map(MemberId::name).orElse(null));
            json.writeEndObject();
        }));
    }

    private void metrics(RoutingContext request) {
        Replies.end(request.response(), PROMETHEUS_TEXT, Buffer.buffer(meters.scrape()));
    }
}
