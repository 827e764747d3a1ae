package dev.outrigger.agent.http;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.List;

/** {@code GET /v1/barrier}, {@code POST /v1/queries} and {@code GET /v1/status}: what changes nothing. */
final class ReadRoutes {
    private final Node node;
    private final ApiOptions options;
    private final InFlight inFlight;
    private final Problems problems;

    ReadRoutes(Node node, ApiOptions options, InFlight inFlight, Problems problems) {
        this.node = node;
        this.options = options;
        this.inFlight = inFlight;
        this.problems = problems;
    }

    void barrier(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Replies.send(
                request,
                node.barrier(wait),
                problems,
                (response, index) -> Replies.json(response, Json.write(json -> {
                    json.writeStartObject();
                    json.writeNumberField("index", index);
                    json.writeEndObject();
                })));
    }

    void query(RoutingContext request) {
        MultiMap parameters = parameters(request);
        boolean linearizable = linearizable(parameters.getAll("consistency"));
        long minIndex = minIndex(parameters.getAll("minIndex"));
        Duration wait = WaitPreference.of(request.request().headers());
        Future<Answer<Payload>> answer = BodyReader.read(request, options.commandBytesMax(), inFlight)
                .compose(body -> node.query(Payload.of(body), linearizable, minIndex, wait));
        Replies.send(request, answer, problems, Replies::bytes);
    }

    void status(RoutingContext request) {
        Replies.json(request.response(), Json.write(new StatusDocument(node.status())));
    }

    /** Refuses names it does not know: a misspelt {@code minIndex} must not quietly give an older answer. */
    private static MultiMap parameters(RoutingContext request) {
        MultiMap parameters;
        try {
            parameters = request.queryParams();
        } catch (HttpException e) {
            throw malformed("The query string is not valid percent-encoding.");
        }
        for (String name : parameters.names()) {
            if (!name.equals("consistency") && !name.equals("minIndex")) {
                throw malformed("There is no parameter '" + name + "'; a query takes consistency and minIndex.");
            }
        }
        return parameters;
    }

    private static boolean linearizable(List<String> values) {
        if (values.isEmpty() || values.equals(List.of("linearizable"))) {
            return true;
        }
        if (values.equals(List.of("local"))) {
            return false;
        }
        throw malformed("consistency is linearizable (the default) or local, once.");
    }

    private static long minIndex(List<String> values) {
        if (values.isEmpty()) {
            return 0;
        }
        if (values.size() > 1 || !values.get(0).matches("\\d{1,18}")) {
            throw malformed("minIndex is a log index, a whole number from 0, once.");
        }
        return Long.parseLong(values.get(0));
    }

    private static RefusedRequest malformed(String detail) {
        return RefusedRequest.because(Problem.Code.MALFORMED, detail);
    }
}
