package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;

/**
 * A command of an exported log.
 *
 * @param time agreed time, milliseconds since 1970
 * @param data in base64
 */
record LogLine(long index, long term, long time, String data) {
    static LogLine of(JsonObject line) {
        return new LogLine(
                JsonLines.number(line, "index", 1),
                JsonLines.number(line, "term", 1),
                JsonLines.number(line, "time", 0),
                JsonLines.base64(line, "data"));
    }
}
