package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/** Answers requests that failed, and counts them by code. Writes nothing to a client that has gone. */
final class Problems {
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
    private static final CharSequence WWW_AUTHENTICATE = HttpHeaders.createOptimized("WWW-Authenticate");

    private final String listener;
    private final MeterRegistry meters;

    Problems(String listener, MeterRegistry meters) {
        this.listener = listener;
        this.meters = meters;
    }

    void send(HttpServerRequest request, Problem problem) {
        count(problem);
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        ProblemDocument document = new ProblemDocument(problem);
        response.setStatusCode(problem.code().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        document.retryAfter().ifPresent(delay -> response.putHeader(RETRY_AFTER, wholeSeconds(delay)));
        if (problem.code() == Problem.Code.UNAUTHORIZED) {
            response.putHeader(WWW_AUTHENTICATE, "Bearer");
        }
        end(request, Json.write(document));
    }

    /** Counts a problem that is answered inside another document. */
    void count(Problem problem) {
        meters.counter(
                        "outrigger.http.refused",
                        "listener",
                        listener,
                        "code",
                        problem.code().name())
                .increment();
    }

    private static void end(HttpServerRequest request, Buffer body) {
        HttpServerResponse response = request.response();
        // A client that waited for "100 Continue" may now send its body or leave it out; the connection cannot tell.
        boolean ambiguous = request.headers().contains(HttpHeaders.EXPECT) && !request.isEnded();
        if (ambiguous) {
            response.putHeader(HttpHeaders.CONNECTION, "close");
        }
        Future<Void> sent = response.end(body);
        if (ambiguous) {
            sent.onComplete(done -> request.connection().close());
        }
    }

    private static String wholeSeconds(Duration delay) {
        return Long.toString(Math.max(1, delay.plusMillis(999).toSeconds()));
    }
}
