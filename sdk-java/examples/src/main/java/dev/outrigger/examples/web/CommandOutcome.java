package dev.outrigger.examples.web;

import dev.outrigger.sdk.OutcomeUnknownException;
import dev.outrigger.sdk.RefusedException;
import dev.outrigger.sdk.TooLargeException;
import dev.outrigger.sdk.UnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * How a call to the cluster ended, in words for people and as an HTTP status.
 *
 * @param data the state machine's bytes, empty when there are none
 */
public record CommandOutcome(int status, String words, byte[] data) {
    /** Waits for the answer, which comes by the call's deadline. */
    public static <T> CommandOutcome of(CompletableFuture<T> call, Success<T> success) {
        try {
            return success.of(call.join());
        } catch (CompletionException e) {
            return failure(e.getCause() == null ? e : e.getCause());
        }
    }

    /** What a good answer becomes. */
    public interface Success<T> {
        CommandOutcome of(T answer);
    }

    public boolean good() {
        return status < 300;
    }

    private static CommandOutcome failure(Throwable cause) {
        if (cause instanceof RefusedException refused) {
            return new CommandOutcome(422, "Refused with code " + refused.code() + ".", refused.data());
        }
        int status = cause instanceof UnavailableException
                ? 503
                : cause instanceof OutcomeUnknownException ? 504 : cause instanceof TooLargeException ? 413 : 500;
        return new CommandOutcome(status, words(cause), new byte[0]);
    }

    private static String words(Throwable cause) {
        if (cause instanceof UnavailableException || cause instanceof TooLargeException) {
            return "Not done, for certain: " + cause.getMessage();
        }
        return cause instanceof OutcomeUnknownException
                ? "It is not known whether this was done or will be: " + cause.getMessage()
                : "The application failed: " + cause;
    }
}
