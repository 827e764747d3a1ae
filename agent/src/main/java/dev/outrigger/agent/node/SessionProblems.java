package dev.outrigger.agent.node;

import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import java.util.Optional;

/** Why a command that was agreed on is not executed, or has no result, in words. */
final class SessionProblems {
    private SessionProblems() {}

    static Problem expired() {
        return Problem.of(
                Code.SESSION_EXPIRED,
                Outcome.UNKNOWN,
                "The session is not open: it was closed, or not used for its time to live, or the session unused for longest"
                        + " when room was needed, or it is of another cluster. The command is not executed now; whether an"
                        + " earlier try was is not known any more. Open a new session.");
    }

    static Problem forgotten(Order order) {
        return Problem.of(
                Code.SEQUENCE_FORGOTTEN,
                Outcome.UNKNOWN,
                "Sequence " + order.number()
                        + " is so far below the highest of its session that nobody can tell whether it"
                        + " was executed before. It is not executed now.");
    }

    static Problem conflict(Order order, long firstIndex) {
        return at(
                firstIndex,
                Code.SEQUENCE_CONFLICT,
                Outcome.NONE,
                "Another command was executed as sequence " + order.number() + " of this session, at index "
                        + firstIndex + ". This one is not executed. Each command needs a number of its own.");
    }

    static Problem resultDropped(long firstIndex) {
        return at(
                firstIndex,
                Code.RESULT_DROPPED,
                Outcome.APPLIED,
                "The command was executed at index " + firstIndex
                        + ", but its result is no longer kept by this agent.");
    }

    static Problem skipped(long index) {
        return at(
                index,
                Code.SKIPPED,
                Outcome.NONE,
                "The application could not apply the command at index " + index
                        + ", and it was decided to pass over it: it is not executed, here or elsewhere.");
    }

    private static Problem at(long index, Code code, Outcome outcome, String detail) {
        return new Problem(code, outcome, detail, Optional.empty(), Optional.of(index), Optional.empty());
    }
}
