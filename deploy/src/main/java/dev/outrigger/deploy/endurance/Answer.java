package dev.outrigger.deploy.endurance;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** What a client was told about one command of a batch. */
sealed interface Answer {
    /** Applied, with the application's result. */
    record Applied(long index, int code, byte[] data) implements Answer {}

    /**
     * A problem.
     *
     * @param code of the problem document
     * @param outcome of the problem document
     * @param index of the command, 0 when it is not said
     */
    record Failed(String code, String outcome, long index) implements Answer {
        /** Applied, as this one says, and the result is gone. */
        boolean isDropped() {
            return code.equals("RESULT_DROPPED") && index > 0;
        }
    }

    /**
     * Reads the answer to a batch.
     *
     * @throws IllegalArgumentException when it is not one
     */
    static List<Answer> ofBatch(String body) {
        List<Answer> answers = new ArrayList<>();
        for (Object result : (List<?>) JsonText.object(body).getOrDefault("results", List.of())) {
            Map<?, ?> fields = (Map<?, ?>) result;
            answers.add(fields.get("problem") instanceof Map<?, ?> problem ? failed(problem) : applied(fields));
        }
        return answers;
    }

    private static Answer applied(Map<?, ?> fields) {
        if (fields.get("index") instanceof Long index
                && fields.get("code") instanceof Long code
                && fields.get("data") instanceof String data) {
            return new Applied(index, Math.toIntExact(code), Base64.getDecoder().decode(data));
        }
        throw new IllegalArgumentException("not a result: " + fields);
    }

    private static Failed failed(Map<?, ?> problem) {
        return new Failed(
                String.valueOf(problem.get("code")),
                String.valueOf(problem.get("outcome")),
                problem.get("index") instanceof Long index ? index : 0);
    }
}
