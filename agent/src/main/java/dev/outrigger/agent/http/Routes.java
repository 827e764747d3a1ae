package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The paths of one listener. Whatever is not among them, or fails, is answered with a problem; {@code HEAD} works where
 * {@code GET} does, {@code OPTIONS} names the methods.
 */
final class Routes {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    private static final String PROPOSED = "proposed";

    private final String listener;
    private final Problems problems;
    private final MeterRegistry meters;
    private final Router router;
    private final Map<String, TreeSet<String>> methods = new TreeMap<>();

    Routes(Vertx vertx, String listener, Problems problems, MeterRegistry meters) {
        this.listener = listener;
        this.problems = problems;
        this.meters = meters;
        this.router = Router.router(vertx);
        router.route().failureHandler(this::failed);
        router.errorHandler(400, this::failed);
    }

    /** From here on a failure of this request leaves its outcome open: the command is on its way. */
    static void proposed(RoutingContext request) {
        request.put(PROPOSED, Boolean.TRUE);
    }

    /** Runs before every path. */
    Routes guard(Handler<RoutingContext> handler) {
        router.route().handler(handler);
        return this;
    }

    Routes get(String path, Handler<RoutingContext> handler) {
        RouteTimer timer = new RouteTimer(listener, path, meters);
        return add(HttpMethod.GET, path, timer, handler).add(HttpMethod.HEAD, path, timer, handler);
    }

    Routes post(String path, Handler<RoutingContext> handler) {
        return add(HttpMethod.POST, path, new RouteTimer(listener, path, meters), handler);
    }

    Routes put(String path, Handler<RoutingContext> handler) {
        return add(HttpMethod.PUT, path, new RouteTimer(listener, path, meters), handler);
    }

    Routes delete(String path, Handler<RoutingContext> handler) {
        return add(HttpMethod.DELETE, path, new RouteTimer(listener, path, meters), handler);
    }

    /** The finished table; call once. */
    Router router() {
        methods.forEach((path, allowed) -> router.route(path).handler(request -> otherMethod(request, allowed)));
        router.route().handler(request -> {
            throw RefusedRequest.because(
                    Problem.Code.NOT_FOUND,
                    "There is nothing at " + request.request().path() + "; this listener serves "
                            + String.join(", ", methods.keySet()) + ".");
        });
        return router;
    }

    private Routes add(HttpMethod method, String path, RouteTimer timer, Handler<RoutingContext> handler) {
        methods.computeIfAbsent(path, key -> new TreeSet<>()).add(method.name());
        router.route(method, path).handler(request -> {
            timer.start(request);
            handler.handle(request);
        });
        return this;
    }

    private static void otherMethod(RoutingContext request, TreeSet<String> allowed) {
        request.response()
                .putHeader(HttpHeaders.ALLOW, allowed.stream().collect(Collectors.joining(", ", "", ", OPTIONS")));
        if (request.request().method().equals(HttpMethod.OPTIONS)) {
            request.response().setStatusCode(204).end();
            return;
        }
        throw RefusedRequest.because(
                Problem.Code.METHOD_NOT_ALLOWED,
                request.request().method() + " is not offered at "
                        + request.request().path() + ", but " + String.join(", ", allowed) + ".");
    }

    private void failed(RoutingContext request) {
        problems.send(request.request(), problem(request));
    }

    private static Problem problem(RoutingContext request) {
        Throwable failure = request.failure();
        if (failure instanceof RefusedRequest refused) {
            return refused.problem();
        }
        if (request.statusCode() == 404) {
            return Problem.of(Problem.Code.NOT_FOUND, Problem.Outcome.NONE, "The path must start with a slash.");
        }
        if (request.statusCode() == 400) {
            return Problem.of(
                    Problem.Code.MALFORMED,
                    Problem.Outcome.NONE,
                    "The request line or a header is malformed: " + failure.getMessage());
        }
        boolean proposed = request.get(PROPOSED) != null;
        log.error("{} {} failed", request.request().method(), request.request().path(), failure);
        return Problem.of(
                Problem.Code.INTERNAL,
                proposed ? Problem.Outcome.UNKNOWN : Problem.Outcome.NONE,
                "The agent failed on this request; its log says more."
                        + (proposed ? " The command may yet be executed." : ""));
    }
}
