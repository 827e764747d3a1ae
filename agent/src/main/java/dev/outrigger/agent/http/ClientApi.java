package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Node;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Duration;

/**
 * The client API for the application beside this agent: commands, queries, barrier, status, members, snapshots. Everything runs on the node's
 * event loop and nothing blocks it. Requests, their bytes and connections are bounded, see {@link ApiOptions}; what fails
 * is answered with a problem.
 */
public final class ClientApi {
    private static final String LISTENER = "api";

    /** Longer than the longest wait that a request may ask for. */
    private static final Duration IDLE_TIMEOUT = WaitPreference.MAX.plusSeconds(30);

    private final Node node;
    private final HttpListener listener;
    private final Router router;

    /** @param vertx the one that {@code node} runs on */
    public ClientApi(Vertx vertx, Node node, ApiOptions options, MeterRegistry meters) {
        this.node = node;
        Problems problems = new Problems(LISTENER, meters);
        this.listener = new HttpListener(
                vertx, options.address(), options.connectionsMax(), IDLE_TIMEOUT, LISTENER, problems, meters);
        this.router = routes(vertx, node, options, problems, meters);
    }

    /**
     * Starts to serve. May be called on any thread; the future completes on the node's event loop.
     *
     * @return the port, or a {@link ListenException}
     */
    public Future<Integer> listen() {
        return listener.listen(node.context(), router);
    }

    /** Takes no more connections and waits up to {@code grace} for the answers under way. */
    public Future<Void> close(Duration grace) {
        return listener.close(grace);
    }

    private static Router routes(Vertx vertx, Node node, ApiOptions options, Problems problems, MeterRegistry meters) {
        InFlight inFlight = new InFlight(options.requestsMax(), options.bodyBytesMax(), meters);
        CommandRoutes commands = new CommandRoutes(node, options, inFlight, problems);
        ReadRoutes reads = new ReadRoutes(node, options, inFlight, problems);
        OperatorRoutes operators = new OperatorRoutes(node, inFlight, problems);
        LogRoutes log = new LogRoutes(node, problems, options.logKeepAlive());
        SnapshotRoutes snapshots = new SnapshotRoutes(node, options, problems);
        BrowserGuard browsers =
                new BrowserGuard(options.address(), options.token().isPresent());
        Routes routes = new Routes(vertx, LISTENER, problems, meters).guard(browsers::check);
        options.token().ifPresent(token -> routes.guard(token::check));
        return routes.post("/v1/commands", inFlight.counted(commands::one))
                .post("/v1/commands/batch", inFlight.counted(commands::batch))
                .post("/v1/queries", inFlight.counted(reads::query))
                .get("/v1/barrier", inFlight.counted(reads::barrier))
                .get("/v1/log", log::follow)
                .get("/v1/status", reads::status)
                .post("/v1/leader", inFlight.counted(operators::transfer))
                .post("/v1/members", inFlight.counted(operators::add))
                .delete("/v1/members/:name", inFlight.counted(operators::remove))
                .post("/v1/members/:name/replace", inFlight.counted(operators::replace))
                .post("/v1/snapshots", inFlight.counted(snapshots::take))
                .get("/v1/snapshots/latest", inFlight.counted(snapshots::download))
                .put("/v1/snapshots/latest", inFlight.counted(snapshots::restore))
                .router();
    }
}
