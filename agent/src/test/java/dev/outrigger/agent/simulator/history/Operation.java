package dev.outrigger.agent.simulator.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One operation of one client. Operation a precedes b when a returned before b was invoked; equal event numbers do not
 * order anything.
 *
 * @param number names the operation in explanations
 * @param client who invoked it
 * @param key of the register or the list
 * @param call what was asked
 * @param invoked event number of the invocation
 * @param returned event number of the return, more than {@code invoked}; {@link Long#MAX_VALUE} when it never returned
 * @param outcome what the client knows in the end
 * @param result what the client was told; there for {@link Outcome#OK} and for no other outcome
 */
public record Operation(
        int number,
        int client,
        String key,
        Call call,
        long invoked,
        long returned,
        Outcome outcome,
        @Nullable Result result) {
    public Operation {
        Objects.requireNonNull(key);
        Objects.requireNonNull(call);
        Objects.requireNonNull(outcome);
        if (returned <= invoked) {
            throw new IllegalArgumentException("returned at " + returned + ", before it was invoked at " + invoked);
        }
        if ((outcome == Outcome.OK) != (result != null)) {
            throw new IllegalArgumentException(outcome + " with result " + result);
        }
        if (result != null && !fits(call, result)) {
            throw new IllegalArgumentException(call + " cannot be answered with " + result);
        }
    }

    private static boolean fits(Call call, Result result) {
        if (result instanceof Result.Value) {
            return call instanceof Call.Put || call instanceof Call.Cas || call instanceof Call.Get;
        }
        return result instanceof Result.Swapped && call instanceof Call.Cas
                || result instanceof Result.Length && call instanceof Call.Append
                || result instanceof Result.Values && call instanceof Call.ReadAll;
    }

    /** Last event at which it may have taken effect. */
    long latest() {
        return outcome == Outcome.OK ? returned : Long.MAX_VALUE;
    }

    boolean onRegister() {
        return call instanceof Call.Put || call instanceof Call.Cas || call instanceof Call.Get;
    }

    @Override
    public String toString() {
        String end = returned == Long.MAX_VALUE ? "never" : Long.toString(returned);
        String told = outcome == Outcome.OK ? String.valueOf(result) : outcome.toString();
        return "#" + number + " client " + client + " " + call + " -> " + told + " [" + invoked + ", " + end + "]";
    }
}
