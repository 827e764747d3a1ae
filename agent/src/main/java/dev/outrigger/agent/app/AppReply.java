package dev.outrigger.agent.app;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/**
 * A complete answer of the application.
 *
 * @param status HTTP status
 * @param body all of it, within the bound
 * @param last whether it announced the end of its connection
 */
record AppReply(int status, Buffer body, boolean last) {
    private static final int EXCERPT_CHARS_MAX = 200;
    // Four bytes is the longest that UTF-8 makes of one character.
    private static final int EXCERPT_BYTES_MAX = EXCERPT_CHARS_MAX * 4;

    /**
     * The answer with its body cut off where a log line would cut it. Fails never and completes not at all when the
     * connection breaks: who asks has a handler for that.
     */
    static Future<AppReply> beginningOf(HttpClientResponse response) {
        Promise<AppReply> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        Runnable done = () -> promise.tryComplete(new AppReply(response.statusCode(), body, true));
        response.handler(chunk -> {
            if (body.length() < EXCERPT_BYTES_MAX) {
                body.appendBuffer(chunk);
            }
            if (body.length() >= EXCERPT_BYTES_MAX) {
                done.run();
            }
        });
        response.endHandler(end -> done.run());
        return promise.future();
    }

    /** The body when the status is 200. Throws {@link AppFailure} otherwise. */
    Buffer bodyOf200() {
        if (status != 200) {
            AppFailure.Cause cause = status == 409 ? AppFailure.Cause.CONFLICT : AppFailure.Cause.STATUS;
            throw new AppFailure(cause, describe());
        }
        return body;
    }

    /** Status and the beginning of the body, fit for a log line: {@code answered 500: out of memory}. */
    String describe() {
        String text = body.getString(0, Math.min(body.length(), EXCERPT_BYTES_MAX));
        text = text.substring(0, Math.min(text.length(), EXCERPT_CHARS_MAX))
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return "answered " + status + (text.isEmpty() ? "" : ": " + text);
    }
}
