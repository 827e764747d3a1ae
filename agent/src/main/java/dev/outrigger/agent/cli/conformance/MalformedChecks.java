package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What no agent sends: a broken proxy or a stray caller may. */
final class MalformedChecks {
    private MalformedChecks() {}

    static List<Check> all() {
        return List.of(new Check(
                "malformed-requests",
                "1, apply",
                "a status from 400 to 499, and nothing changed, for what is no delivery",
                "a body that was cut off must not pass for a shorter one",
                subject -> {
                    Map<String, byte[]> bodies = bodies(subject);
                    subject.unchangedBy(() -> bodies.forEach((what, body) -> refused(subject, what, body)));
                    subject.deliver(subject.next(1));
                    return "that, " + bodies.size() + " times, and a good delivery went well after them";
                }));
    }

    private static void refused(Subject subject, String what, byte[] body) {
        try {
            Answer answer = subject.app().postJson("apply", body);
            Deviation.unless(answer.isClientError(), answer.brief());
        } catch (Deviation e) {
            throw new Deviation(what + ": " + e.getMessage());
        }
    }

    private static Map<String, byte[]> bodies(Subject subject) {
        byte[] good = subject.next(2).bytes();
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("no body", new byte[0]);
        bodies.put("no JSON", utf8("garbage"));
        bodies.put("an array", utf8("[]"));
        bodies.put("the first half of a delivery", Arrays.copyOf(good, good.length / 2));
        bodies.put("a delivery without its last byte", Arrays.copyOf(good, good.length - 1));
        bodies.put("no epoch", changed(subject, json -> json.remove("epoch")));
        bodies.put("no prevIndex", changed(subject, json -> json.remove("prevIndex")));
        bodies.put("a prevIndex below 0", changed(subject, json -> json.put("prevIndex", -1)));
        bodies.put("a prevIndex that is a text", changed(subject, json -> json.put("prevIndex", "one")));
        bodies.put("no commands", changed(subject, json -> json.remove("commands")));
        bodies.put("commands that are no list", changed(subject, json -> json.put("commands", new JsonObject())));
        bodies.put("a command that is no object", changed(subject, json -> json.put("commands", new JsonArray().add(1))));
        bodies.put("a command without index", firstChanged(subject, command -> command.remove("index")));
        bodies.put("a command without data", firstChanged(subject, command -> command.remove("data")));
        bodies.put("data that is no base64", firstChanged(subject, command -> command.put("data", "!")));
        bodies.put("an index that falls", changed(subject, json -> {
            JsonArray commands = json.getJsonArray("commands");
            json.put("commands", new JsonArray().add(commands.getValue(1)).add(commands.getValue(0)));
        }));
        bodies.put(
                "an index that is not above prevIndex",
                changed(subject, json -> json.put("prevIndex", subject.position().index())
                        .getJsonArray("commands")
                        .getJsonObject(0)
                        .put("index", subject.position().index())));
        return bodies;
    }

    private static byte[] changed(Subject subject, Consumer<JsonObject> change) {
        JsonObject json = subject.next(2).toJson();
        change.accept(json);
        return utf8(json.encode());
    }

    private static byte[] firstChanged(Subject subject, Consumer<JsonObject> change) {
        return changed(
                subject, json -> change.accept(json.getJsonArray("commands").getJsonObject(0)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
