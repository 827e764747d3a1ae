package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What an application answered to one command.
 *
 * @param data in base64
 * @param stateHash of the state after it, where the application gave one
 */
record ReplayResult(long index, long code, String data, Optional<String> stateHash) {
    /** Reads the protocol's form, and that of {@link #toJson}. */
    static ReplayResult of(long index, JsonObject result, Optional<String> stateHash) {
        return new ReplayResult(
                index, JsonLines.number(result, "code", 0), JsonLines.base64(result, "data"), stateHash);
    }

    static ReplayResult of(JsonObject line) {
        return of(
                JsonLines.number(line, "index", 1),
                line,
                line.getValue("stateHash") instanceof String hash ? Optional.of(hash) : Optional.empty());
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject().put("index", index).put("code", code).put("data", data);
        stateHash.ifPresent(hash -> json.put("stateHash", hash));
        return json;
    }

    /** A state hash counts only when both have one: the batches may have ended elsewhere. */
    boolean sameAs(ReplayResult other) {
        boolean sameState = stateHash.isEmpty() || other.stateHash.isEmpty() || stateHash.equals(other.stateHash);
        return index == other.index && code == other.code && data.equals(other.data) && sameState;
    }
}
