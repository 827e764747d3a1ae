package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.LogReader;
import dev.outrigger.agent.node.LoggedCommand;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code GET /v1/log}: the committed commands as server-sent events, for readers that follow them. */
final class LogRoutes {
    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final Node node;
    private final Problems problems;
    private final Duration keepAlive;

    LogRoutes(Node node, Problems problems, Duration keepAlive) {
        this.node = node;
        this.problems = problems;
        this.keepAlive = keepAlive;
    }

    void follow(RoutingContext request) {
        node.readLog(from(request)).onFailure(request::fail).onSuccess(answer -> {
            if (answer instanceof Answer.Ok<LogReader> ok) {
                new Following(request, ok.value()).start();
            } else if (answer instanceof Answer.Failed<LogReader> failed) {
                problems.send(request.request(), failed.problem());
            }
        });
    }

    /** Where a reader was when its connection broke counts more than where it began. */
    private static long from(RoutingContext request) {
        long from = parameter(request).map(text -> index("from", text, 1)).orElse(1L);
        String last = request.request().getHeader("Last-Event-ID");
        return last == null || last.isEmpty() ? from : index("Last-Event-ID", last, 0) + 1;
    }

    private static Optional<String> parameter(RoutingContext request) {
        try {
            Set<String> names = request.queryParams().names();
            List<String> values = request.queryParams().getAll("from");
            if (values.size() > 1 || names.size() > values.size()) {
                throw malformed("The log takes one parameter, from, once.");
            }
            return values.stream().findFirst();
        } catch (HttpException e) {
            throw malformed("The query string is not valid percent-encoding.");
        }
    }

    private static long index(String name, String text, long min) {
        if (!text.matches("\\d{1,18}") || Long.parseLong(text) < min) {
            throw malformed(name + " is a log index, a whole number from " + min + " on.");
        }
        return Long.parseLong(text);
    }

    private static RefusedRequest malformed(String detail) {
        return RefusedRequest.because(Problem.Code.MALFORMED, detail);
    }

    /** One reader: the next commands are read when those before are with the kernel. */
    private final class Following {
        private final RoutingContext context;
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private final LogReader reader;
        private boolean writing;
        private boolean over;

        Following(RoutingContext context, LogReader reader) {
            this.context = context;
            this.request = context.request();
            this.response = context.response();
            this.reader = reader;
        }

        void start() {
            long timer = context.vertx().setPeriodic(keepAlive.toMillis(), ignored -> comment());
            context.addEndHandler(ended -> {
                over = true;
                context.vertx().cancelTimer(timer);
                reader.close();
            });
            if (response.closed()) {
                reader.close();
                return;
            }
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff");
            if (request.method().equals(HttpMethod.HEAD)) {
                response.end();
            } else {
                write(COMMENT); // the head goes out with it, also when there is nothing to read yet
            }
        }

        private void next() {
            reader.next().onFailure(context::fail).onSuccess(answer -> {
                if (over) {
                    return;
                }
                if (answer instanceof Answer.Ok<List<LoggedCommand>> ok) {
                    write(events(ok.value()));
                } else if (answer instanceof Answer.Failed<List<LoggedCommand>> failed) {
                    problems.count(failed.problem());
                    response.end(event("problem", Json.write(new ProblemDocument(failed.problem()))));
                }
            });
        }

        private void write(Buffer events) {
            writing = true;
            response.write(events).onSuccess(written -> {
                writing = false;
                if (!over) {
                    next();
                }
            });
        }

        /** Never beside other bytes: a reader that takes none gathers nothing here. */
        private void comment() {
            if (!writing && !over) {
                writing = true;
                response.write(COMMENT).onSuccess(written -> writing = false);
            }
        }
    }

    private static Buffer events(List<LoggedCommand> commands) {
        Buffer events = Buffer.buffer();
        for (LoggedCommand command : commands) {
            events.appendString("id: " + command.index() + "\n")
                    .appendString("data: ")
                    .appendBuffer(Json.write(json -> write(json, command)))
                    .appendString("\n\n");
        }
        return events;
    }

    private static Buffer event(String name, Buffer data) {
        return Buffer.buffer("event: " + name + "\ndata: ").appendBuffer(data).appendString("\n\n");
    }

    private static void write(JsonGenerator json, LoggedCommand command) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", command.index());
        json.writeNumberField("term", command.term());
        json.writeNumberField("time", command.timeMillis());
        json.writeStringField("data", Base64.getEncoder().encodeToString(command.data().array()));
        if (command.sender().isPresent()) {
            json.writeStringField("session", command.sender().get().session());
            json.writeNumberField("sequence", command.sender().get().sequence());
        }
        json.writeEndObject();
    }
}
