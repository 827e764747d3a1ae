package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a delivery, held to what an agent accepts: anything else is a {@link Deviation}. */
record Results(long applied, List<Result> results) {
    private static final int CODE_MAX = 65_535;

    /** @param data the bytes, comparable */
    record Result(long code, ByteBuffer data) {}

    static Results of(Answer answer, Delivery delivery) {
        Deviation.unless(answer.status() == 200, answer.brief());
        JsonObject json = answer.json();
        Object applied = json.getValue("applied");
        Deviation.unless(
                applied instanceof Number number && number.longValue() == delivery.lastIndex(),
                "applied " + applied + " instead of " + delivery.lastIndex());
        Deviation.unless(json.getValue("results") instanceof JsonArray, "no results: " + answer.quoted());
        List<Result> results = new ArrayList<>();
        for (Object result : json.getJsonArray("results")) {
            results.add(result(result));
        }
        Deviation.unless(
                results.size() == delivery.commands().size(),
                results.size() + " results for " + delivery.commands().size() + " commands");
        return new Results(delivery.lastIndex(), results);
    }

    private static Result result(Object result) {
        Deviation.unless(result instanceof JsonObject, "a result that is no object: " + result);
        JsonObject json = (JsonObject) result;
        Object code = json.getValue("code");
        Deviation.unless(
                (code instanceof Integer || code instanceof Long)
                        && ((Number) code).longValue() >= 0
                        && ((Number) code).longValue() <= CODE_MAX,
                "a result with code " + code + ", which is not a whole number from 0 to " + CODE_MAX);
        return new Result(((Number) code).longValue(), data(json.getValue("data")));
    }

    private static ByteBuffer data(@Nullable Object data) {
        if (data == null) {
            return ByteBuffer.allocate(0);
        }
        try {
            return ByteBuffer.wrap(Base64.getDecoder().decode((String) data));
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new Deviation("a result whose data is not base64: " + data);
        }
    }
}
