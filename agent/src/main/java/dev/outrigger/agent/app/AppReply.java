package dev.outrigger.agent.app;

import io.vertx.core.buffer.Buffer;

/**
 * A complete answer of the application.
 *
 * @param status HTTP status
 * @param body all of it, within the bound
 * @param last whether it announced the end of its connection
 */
record AppReply(int status, Buffer body, boolean last) {
    private static final int EXCERPT_CHARS_MAX = 200;

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
        // Four bytes is the longest that UTF-8 makes of one character.
        String text = body.getString(0, Math.min(body.length(), EXCERPT_CHARS_MAX * 4));
        text = text.substring(0, Math.min(text.length(), EXCERPT_CHARS_MAX))
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return "answered " + status + (text.isEmpty() ? "" : ": " + text);
    }
}
