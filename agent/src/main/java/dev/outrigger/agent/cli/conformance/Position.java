package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Where the application says it stands. */
record Position(long index, long term) {
    static Position of(JsonObject json) {
        Object applied = json.getValue("applied");
        Deviation.unless(
                applied instanceof JsonObject object
                        && isWhole(object.getValue("index"))
                        && isWhole(object.getValue("term")),
                "applied is not an object of an index and a term: " + applied);
        JsonObject object = (JsonObject) applied;
        return new Position(object.getLong("index"), object.getLong("term"));
    }

    private static boolean isWhole(@Nullable Object value) {
        return (value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0;
    }

    @Override
    public String toString() {
        return "index " + index + " of term " + term;
    }
}
