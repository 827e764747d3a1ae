package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The app protocol over HTTP: guards, paths and the translation between JSON and {@link Applier}. */
final class AppEndpoint implements HttpHandler {
    static final String ROOT = "/outrigger/v1/";

    private static final Logger LOG = System.getLogger(AppEndpoint.class.getName());

    private final StateMachine machine;
    private final Applier applier;
    private final Epochs epochs;
    private final Leaderships leaderships;
    private final AppOptions options;
    private final SnapshotEndpoint snapshots;
    private final StreamEndpoint streams;

    AppEndpoint(StateMachine machine, Applier applier, Epochs epochs, Leaderships leaderships, AppOptions options) {
        this.machine = machine;
        this.applier = applier;
        this.epochs = epochs;
        this.leaderships = leaderships;
        this.options = options;
        this.snapshots = new SnapshotEndpoint(machine, applier);
        this.streams = new StreamEndpoint(this::answerFrame, options.bodyBytesMax());
    }

    /** Ends streams, after the answer to the batch under way. */
    void close(Duration atMost) {
        streams.close(atMost);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try {
            Optional<HttpReply> refusal = refusal(exchange);
            boolean isStream = exchange.getRequestURI().getPath().equals(ROOT + "apply/stream");
            if (refusal.isPresent() && isStream) {
                StreamEndpoint.refuse(exchange, refusal.get());
            } else if (refusal.isPresent()) {
                refusal.get().send(exchange);
            } else if (exchange.getRequestURI().getPath().equals(ROOT + "snapshot")) {
                snapshots.handle(exchange);
            } else if (isStream) {
                streams.handle(exchange);
            } else {
                answer(exchange).send(exchange);
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "A call of the agent to " + exchange.getRequestURI() + " failed", e);
            internal(e).send(exchange);
        }
    }

    private Optional<HttpReply> refusal(HttpExchange exchange) {
        if (exchange.getRequestHeaders().containsKey("Origin")) {
            // Only browsers send it: a web page, perhaps one that has our address under its own name.
            return Optional.of(
                    HttpReply.problem(403, "FORBIDDEN", "Web pages may not call this", "only the agent may"));
        }
        if (!authorized(exchange)) {
            return Optional.of(
                    HttpReply.problem(401, "UNAUTHORIZED", "A token is required", "send Authorization: Bearer …"));
        }
        return Optional.empty();
    }

    private HttpReply answer(HttpExchange exchange) throws IOException {
        return switch (exchange.getRequestURI().getPath()) {
            case ROOT + "info" -> info(exchange);
            case ROOT + "apply" -> apply(exchange);
            case ROOT + "query" -> query(exchange);
            case ROOT + "role" -> role(exchange);
            default ->
                HttpReply.problem(
                        404,
                        "NOT_FOUND",
                        "There is nothing at this path",
                        "known are info, apply, apply/stream, query, role and snapshot");
        };
    }

    private boolean authorized(HttpExchange exchange) {
        if (options.token().isEmpty()) {
            return true;
        }
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        String wanted = "Bearer " + options.token().get();
        return given != null
                && MessageDigest.isEqual(
                        wanted.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private HttpReply info(HttpExchange exchange) {
        if (!exchange.getRequestMethod().equals("GET")) {
            return notAllowed(exchange, "GET");
        }
        Position applied = applier.applied();
        JsonWriter out = new JsonWriter(256).object();
        out.name("protocol").value(1);
        out.name("app").value(machine.appName()).name("version").value(machine.version());
        out.name("cluster").value(applied.cluster().orElse(null));
        writeApplied(out, applied);
        out.name("encodings").array().value("json").value("frames").value("stream");
        return HttpReply.json(out.endArray().endObject());
    }

    private HttpReply apply(HttpExchange exchange) throws IOException {
        Optional<String> cluster =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Outrigger-Cluster"));
        return Frames.areIn(exchange)
                ? withBody(exchange, body -> deliver(ApplyFrames.parse(body), cluster, ApplyFrames::results))
                : withJson(exchange, body -> deliver(ApplyRequest.parse(body), cluster, AppEndpoint::results));
    }

    private HttpReply answerFrame(byte[] frame, Optional<String> cluster) {
        try {
            return deliver(ApplyFrames.parse(frame), cluster, ApplyFrames::results);
        } catch (MalformedFrameException e) {
            return malformed(e);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "A batch on a stream of the agent failed", e);
            return internal(e);
        }
    }

    private HttpReply deliver(
            ApplyRequest request, Optional<String> cluster, Function<Delivery.Done, HttpReply> results) {
        Delivery delivery = applier.apply(request, cluster);
        if (delivery instanceof Delivery.Done done) {
            return results.apply(done);
        }
        return delivery instanceof Delivery.Refused refused ? conflict(refused) : failed((Delivery.Failed) delivery);
    }

    private static HttpReply results(Delivery.Done done) {
        JsonWriter out = new JsonWriter(64 + 64 * done.results().size()).object();
        out.name("applied").value(done.applied().index()).name("results").array();
        for (Result result : done.results()) {
            out.object().name("code").value(result.code());
            out.name("data").base64(result.data()).endObject();
        }
        return HttpReply.json(out.endArray().endObject());
    }

    private static HttpReply conflict(Delivery.Refused refused) {
        return conflict(refused.applied(), refused.why());
    }

    static HttpReply conflict(Position applied, String why) {
        return HttpReply.problem(
                409, "CONFLICT", "The delivery does not fit this state", why, out -> writeApplied(out, applied));
    }

    private static HttpReply failed(Delivery.Failed failed) {
        String detail = "the state machine failed at index " + failed.index() + ": " + failed.cause();
        LOG.log(Level.ERROR, detail + "; the agent delivers it again from time to time", failed.cause());
        return HttpReply.problem(500, "APPLY_FAILED", "The application failed", detail, out -> {
            out.name("index").value(failed.index());
            writeApplied(out, failed.applied());
        });
    }

    private static void writeApplied(JsonWriter out, Position applied) {
        out.name("applied").object();
        out.name("index")
                .value(applied.index())
                .name("term")
                .value(applied.term())
                .endObject();
    }

    private HttpReply query(HttpExchange exchange) throws IOException {
        return withBody(exchange, body -> {
            try {
                return HttpReply.octets(applier.read(() -> machine.query(body)));
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "The state machine failed to answer a query; nothing has changed", e);
                return HttpReply.problem(500, "QUERY_FAILED", "The application failed", String.valueOf(e));
            }
        });
    }

    private HttpReply role(HttpExchange exchange) throws IOException {
        return withJson(exchange, body -> {
            RolePush push = RolePush.parse(body);
            if (!epochs.admits(push.epoch())) {
                return conflict(new Delivery.Refused(
                        applier.applied(), "epoch " + push.epoch() + " is older than one seen before"));
            }
            leaderships.accept(push);
            return HttpReply.noContent();
        });
    }

    private interface BodyHandler {
        HttpReply handle(byte[] body) throws IOException;
    }

    private HttpReply withJson(HttpExchange exchange, BodyHandler handler) throws IOException {
        return withBody(exchange, body -> {
            return Frames.isType(exchange, "application/json")
                    ? handler.handle(body)
                    : unsupported("application/json or, for apply, " + Frames.MEDIA_TYPE);
        });
    }

    private HttpReply withBody(HttpExchange exchange, BodyHandler handler) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            return notAllowed(exchange, "POST");
        }
        byte[] body = exchange.getRequestBody().readNBytes(options.bodyBytesMax() + 1);
        if (body.length > options.bodyBytesMax()) {
            return HttpReply.problem(
                    413, "TOO_LARGE", "The request is too large", "the limit is " + options.bodyBytesMax() + " bytes");
        }
        try {
            return handler.handle(body);
        } catch (MalformedJsonException | MalformedFrameException e) {
            return malformed(e);
        }
    }

    private static HttpReply malformed(RuntimeException why) {
        return HttpReply.problem(400, "MALFORMED", "The request is malformed", String.valueOf(why.getMessage()));
    }

    private static HttpReply internal(Throwable why) {
        return HttpReply.problem(500, "INTERNAL", "The application failed", String.valueOf(why));
    }

    static HttpReply unsupported(String supported) {
        return HttpReply.problem(
                415, "UNSUPPORTED_MEDIA_TYPE", "The content type is not supported", "send " + supported);
    }

    static HttpReply notAllowed(HttpExchange exchange, String allowed) {
        exchange.getResponseHeaders().set("Allow", allowed);
        return HttpReply.problem(405, "METHOD_NOT_ALLOWED", "The method is not allowed here", "allowed is " + allowed);
    }
}
