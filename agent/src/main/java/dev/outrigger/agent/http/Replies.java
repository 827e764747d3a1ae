package dev.outrigger.agent.http;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Turns what a request came to into its response. Nothing is written to a client that has gone. */
final class Replies {
    private Replies() {}

    /** Sends the value, or the problem in its place. */
    static <T> void send(
            RoutingContext request,
            Future<Answer<T>> answer,
            Problems problems,
            BiConsumer<HttpServerResponse, T> write) {
        settle(request, answer, value -> {
            if (value instanceof Answer.Ok<T> ok) {
                write.accept(request.response(), ok.value());
            } else if (value instanceof Answer.Failed<T> failed) {
                problems.send(request.request(), failed.problem());
            }
        });
    }

    /** Sends the value. */
    static <T> void send(RoutingContext request, Future<T> answer, BiConsumer<HttpServerResponse, T> write) {
        settle(request, answer, value -> write.accept(request.response(), value));
    }

    static void json(HttpServerResponse response, Buffer document) {
        end(response, "application/json", document);
    }

    static void text(HttpServerResponse response, String text) {
        end(response, "text/plain; charset=utf-8", Buffer.buffer(text));
    }

    static void html(HttpServerResponse response, String page) {
        end(response, "text/html; charset=utf-8", Buffer.buffer(page));
    }

    static void bytes(HttpServerResponse response, Payload payload) {
        end(response, "application/octet-stream", Buffer.buffer(payload.array()));
    }

    static void end(HttpServerResponse response, String type, Buffer body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body);
    }

    private static <T> void settle(RoutingContext request, Future<T> answer, Consumer<T> write) {
        answer.onComplete(result -> {
            if (result.failed()) {
                request.fail(result.cause());
            } else if (!request.response().closed()) {
                try {
                    write.accept(result.result());
                } catch (RuntimeException e) {
                    request.fail(e);
                }
            }
        });
    }
}
