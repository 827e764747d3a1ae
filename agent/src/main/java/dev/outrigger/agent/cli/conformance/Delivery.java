package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One {@code POST apply}.
 *
 * @param prevIndex index of the last command before it
 */
record Delivery(long epoch, long prevIndex, boolean replay, List<Command> commands) {
    record Command(long index, long term, long timeMillis, byte[] data) {
        JsonObject toJson() {
            return new JsonObject()
                    .put("index", index)
                    .put("term", term)
                    .put("time", timeMillis)
                    .put("data", Base64.getEncoder().encodeToString(data));
        }
    }

    Delivery {
        commands = List.copyOf(commands);
    }

    long lastIndex() {
        return commands.isEmpty() ? prevIndex : commands.get(commands.size() - 1).index();
    }

    Delivery withEpoch(long other) {
        return new Delivery(other, prevIndex, replay, commands);
    }

    Delivery asReplay() {
        return new Delivery(epoch, prevIndex, true, commands);
    }

    /** This and what follows it, as one. */
    Delivery and(Delivery next) {
        List<Command> all = new ArrayList<>(commands);
        all.addAll(next.commands);
        return new Delivery(epoch, prevIndex, replay, all);
    }

    JsonObject toJson() {
        JsonArray list = new JsonArray();
        commands.forEach(command -> list.add(command.toJson()));
        return new JsonObject()
                .put("epoch", epoch)
                .put("prevIndex", prevIndex)
                .put("replay", replay)
                .put("commands", list);
    }

    byte[] bytes() {
        return toJson().toBuffer().getBytes();
    }
}
