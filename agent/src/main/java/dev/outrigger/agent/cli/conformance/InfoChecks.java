package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code GET info} and {@code POST role}. */
final class InfoChecks {
    private static final String INFO = "1, info";

    private InfoChecks() {}

    static Check info() {
        return new Check(
                "info",
                INFO,
                "200 with protocol 1, applied index and term (both 0 or neither) and json among the encodings",
                "the agent decides by it whether to replay, restore or refuse",
                subject -> {
                    JsonObject info = subject.ask();
                    Object protocol = info.getValue("protocol");
                    Deviation.unless(Integer.valueOf(1).equals(protocol), "protocol " + protocol);
                    Object encodings = info.getValue("encodings");
                    Deviation.unless(
                            encodings instanceof JsonArray array && array.contains("json"), "encodings " + encodings);
                    Object cluster = info.getValue("cluster");
                    Deviation.unless(cluster == null || cluster instanceof String, "cluster " + cluster);
                    Position applied = subject.position();
                    Deviation.unless((applied.index() == 0) == (applied.term() == 0), "applied " + applied);
                    if (cluster instanceof String name) {
                        subject.app().belongsTo(name);
                    }
                    return "that, applied " + applied;
                });
    }

    static List<Check> role() {
        return List.of(new Check(
                "role",
                "1, role",
                "204, or 404 where the application is not interested",
                "it learns with it who leads, and the fencing term of its side effects",
                subject -> {
                    String body = new JsonObject()
                            .put("epoch", subject.epoch())
                            .put("role", "follower")
                            .put("term", Math.max(1, subject.position().term()))
                            .putNull("leader")
                            .put("x-unknown", 1)
                            .encode();
                    Answer answer = subject.app()
                            .postJson("role", body.getBytes(StandardCharsets.UTF_8));
                    Deviation.unless(answer.status() == 204 || answer.status() == 404, answer.brief());
                    return "status " + answer.status();
                }));
    }
}
