package dev.outrigger.sdk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the agent says went wrong.
 *
 * @param status HTTP status
 * @param code stable name of the cause
 * @param outcome what is known of the command; anything but {@code none} and {@code applied} leaves it open
 * @param detail the agent's words
 * @param index the command's index, 0 when not known
 * @param retryAfter when a retry may go through, where known
 */
record Problem(
        int status,
        String code,
        String outcome,
        String detail,
        long index,
        @Nullable Duration retryAfter) {
    private static final long RETRY_AFTER_MILLIS_MAX = 3_600_000;

    /** Reads a whole answer with an error status; one that is no problem document leaves everything open. */
    static Problem of(int status, byte[] body) {
        try {
            JsonReader in = new JsonReader(body);
            Problem problem = read(in, status);
            in.end();
            return problem;
        } catch (MalformedJsonException e) {
            return new Problem(status, "HTTP_" + status, "unknown", "the agent answered HTTP " + status, 0, null);
        }
    }

    static Problem read(JsonReader in, int status) {
        Draft draft = new Draft(status);
        in.object(name -> draft.read(name, in));
        return new Problem(draft.status, draft.code, draft.outcome, draft.detail, draft.index, draft.retryAfter);
    }

    boolean certainlyNotExecuted() {
        return outcome.equals("none");
    }

    /** The session of the command is not there (any more). */
    boolean sessionExpired() {
        return code.equals("SESSION_EXPIRED");
    }

    /** Another command has taken effect under this number: the session is not ours alone. */
    boolean sequenceConflict() {
        return code.equals("SEQUENCE_CONFLICT");
    }

    /** Whether this is the cluster's word on the command itself, and not only what became of one attempt. */
    boolean saidOfTheCommand() {
        return code.equals("SKIPPED") || sequenceConflict() || outcome.equals("applied");
    }

    /** Whether asking again within the session may still bring the truth. */
    boolean mayBecomeKnown() {
        return !certainlyNotExecuted()
                && !saidOfTheCommand()
                && !sessionExpired()
                && !code.equals("SEQUENCE_FORGOTTEN");
    }

    /** Whether the cause may pass by itself. */
    boolean passing() {
        return status == 429 || status == 503 || status == 504;
    }

    /** In terms of a command. */
    OutriggerException toException() {
        if (!certainlyNotExecuted()) {
            return unknown();
        }
        return code.equals("SKIPPED") ? new SkippedException(message(), code) : toReadException();
    }

    OutcomeUnknownException unknown() {
        return new OutcomeUnknownException(
                message(), code, index, outcome.equals("applied") ? Outcome.APPLIED : Outcome.UNKNOWN);
    }

    /** In terms of a read, which changes nothing whatever became of it. */
    OutriggerException toReadException() {
        return status == 413 ? new TooLargeException(message(), code) : unavailable();
    }

    UnavailableException unavailable() {
        return new UnavailableException(message(), code, retryAfter);
    }

    private String message() {
        return code + ": " + detail;
    }

    private static final class Draft {
        private int status;
        private String code = "UNKNOWN";
        private String outcome = "unknown";
        private String detail = "no detail given";
        private long index;
        private @Nullable Duration retryAfter;

        private Draft(int status) {
            this.status = status;
        }

        private void read(String name, JsonReader in) {
            if (in.nullNext()) {
                return;
            }
            switch (name) {
                case "status" -> status = (int) in.integer(100, 599);
                case "code" -> code = in.string();
                case "outcome" -> outcome = in.string();
                case "detail" -> detail = in.string();
                case "index" -> index = in.integer(0, Long.MAX_VALUE);
                case "retryAfterMs" -> retryAfter = Duration.ofMillis(in.integer(0, RETRY_AFTER_MILLIS_MAX));
                default -> in.skip();
            }
        }
    }
}
