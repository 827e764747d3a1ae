package dev.outrigger.agent.app;

import dev.outrigger.agent.app.AppFailure.Cause;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP exchange. It ends exactly once: by a complete answer, a failure, or its time; whatever comes later is dropped
 * together with the connection.
 */
final class AppCall {
    private final Vertx vertx;
    private final Buffer requestBody;
    private final int responseBytesMax;
    private final Promise<AppReply> promise = Promise.promise();
    private final Buffer responseBody = Buffer.buffer();
    private final long timer;
    private @Nullable HttpClientRequest request;
    private boolean ended;

    private AppCall(Vertx vertx, Buffer requestBody, Duration timeout, int responseBytesMax) {
        this.vertx = vertx;
        this.requestBody = requestBody;
        this.responseBytesMax = responseBytesMax;
        // The client's own timeouts restart with every byte received, so a dripping answer would outlive them.
        this.timer = vertx.setTimer(
                timeout.toMillis(),
                id -> fail(Cause.TIMEOUT, "gave no complete answer within " + timeout.toMillis() + " ms"));
    }

    /** Makes the call. The future fails with {@link AppFailure} only. */
    static Future<AppReply> start(
            Vertx vertx,
            HttpClient client,
            RequestOptions options,
            Buffer requestBody,
            Duration timeout,
            int responseBytesMax) {
        AppCall call = new AppCall(vertx, requestBody, timeout, responseBytesMax);
        client.request(options).onComplete(call::connected);
        return call.promise.future();
    }

    private void connected(AsyncResult<HttpClientRequest> result) {
        if (result.failed()) {
            fail(Cause.UNREACHABLE, "cannot be reached: " + result.cause().getMessage());
            return;
        }
        request = result.result();
        if (ended) {
            request.reset();
            return;
        }
        request.send(requestBody).onComplete(this::answered);
    }

    private void answered(AsyncResult<HttpClientResponse> result) {
        if (result.failed()) {
            brokeOff(result.cause());
            return;
        }
        HttpClientResponse response = result.result();
        response.exceptionHandler(this::brokeOff);
        response.handler(this::append);
        response.endHandler(end -> complete(response));
    }

    private void append(Buffer chunk) {
        if (ended) {
            return;
        }
        if (responseBody.length() + chunk.length() > responseBytesMax) {
            fail(Cause.TOO_LARGE, "gave an answer of more than " + responseBytesMax + " bytes");
            return;
        }
        responseBody.appendBuffer(chunk);
    }

    private void brokeOff(Throwable cause) {
        fail(Cause.RESET, "broke off the connection: " + cause.getMessage());
    }

    private void complete(HttpClientResponse response) {
        if (end()) {
            promise.complete(new AppReply(response.statusCode(), responseBody, isLast(response)));
        }
    }

    private static boolean isLast(HttpClientResponse response) {
        String connection = response.getHeader(HttpHeaders.CONNECTION);
        return response.version() == HttpVersion.HTTP_1_0
                ? !"keep-alive".equalsIgnoreCase(connection)
                : "close".equalsIgnoreCase(connection);
    }

    private void fail(Cause cause, String detail) {
        if (end()) {
            if (request != null) {
                request.reset();
            }
            promise.fail(new AppFailure(cause, detail));
        }
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        vertx.cancelTimer(timer);
        return first;
    }
}
