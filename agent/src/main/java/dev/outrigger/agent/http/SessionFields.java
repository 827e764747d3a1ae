package dev.outrigger.agent.http;

import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.MultiMap;
import java.util.Optional;
import java.util.OptionalLong;

/** How a session and a number in it are written. */
final class SessionFields {
    static final String SESSION = "Outrigger-Session";
    static final String SEQUENCE = "Outrigger-Sequence";
    static final String SEQUENCE_RULE = "a whole number from 1, of at most 18 digits";

    private static final int SESSION_CHARS_MAX = 64;

    private SessionFields() {}

    /** The place that the headers name; empty when they name none. */
    static Optional<ClientCommand.Place> of(MultiMap headers) {
        Optional<String> session = single(headers, SESSION);
        Optional<String> sequence = single(headers, SEQUENCE);
        if (session.isEmpty() && sequence.isEmpty()) {
            return Optional.empty();
        }
        if (session.isEmpty() || sequence.isEmpty()) {
            throw malformed(SESSION + " and " + SEQUENCE + " come together or not at all.");
        }
        return Optional.of(new ClientCommand.Place(session(session.get()), sequence(sequence.get())));
    }

    static void refuse(MultiMap headers) {
        if (headers.contains(SESSION) || headers.contains(SEQUENCE)) {
            throw malformed("In a batch each command names its session and sequence itself, in the body.");
        }
    }

    private static Optional<String> single(MultiMap headers, String name) {
        if (headers.getAll(name).size() > 1) {
            throw malformed(name + " is given twice.");
        }
        return Optional.ofNullable(headers.get(name));
    }

    static String session(String text) {
        if (!isSession(text)) {
            throw malformed("A session is the text that POST /v1/sessions answered.");
        }
        return text;
    }

    static long sequence(String text) {
        OptionalLong sequence = isDigits(text) ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        if (sequence.isEmpty() || !isSequence(sequence.getAsLong())) {
            throw malformed("A sequence is " + SEQUENCE_RULE + ".");
        }
        return sequence.getAsLong();
    }

    private static boolean isDigits(String text) {
        return text.matches("[0-9]{1,18}");
    }

    static boolean isSession(String text) {
        return !text.isEmpty()
                && text.length() <= SESSION_CHARS_MAX
                && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    static boolean isSequence(long sequence) {
        return sequence >= 1 && sequence < 1_000_000_000_000_000_000L;
    }

    private static RefusedRequest malformed(String detail) {
        return RefusedRequest.because(Problem.Code.MALFORMED, detail);
    }
}
