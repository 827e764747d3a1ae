package dev.outrigger.agent.cli.conformance;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The commands that are delivered, always the same in the same order.
 *
 * @param commands delivered over and over; empty: random bytes of 1 to 64
 * @param query asked to see the state
 * @param pure whether results depend on the state and the command alone, not on index or time
 */
public record CommandSupply(List<byte[]> commands, byte[] query, boolean pure) {
    private static final int OPAQUE = 64;

    public CommandSupply {
        commands = commands.isEmpty() ? opaque() : List.copyOf(commands);
    }

    /** What the application understands, told by its author. */
    public static CommandSupply of(List<String> commands, Optional<String> query) {
        return new CommandSupply(commands.stream().map(CommandSupply::utf8).toList(), utf8(query.orElse("")), false);
    }

    /** The commands of the example kv. */
    public static CommandSupply kv() {
        List<byte[]> commands = new ArrayList<>();
        for (int i = 0; i < OPAQUE; i++) {
            JsonObject command = new JsonObject().put("key", "k" + i % 7);
            JsonObject whole = switch (i % 4) {
                case 0 -> command.put("op", "append").put("value", "ü" + i);
                case 1 -> command.put("op", "put").put("value", "v" + i);
                case 2 -> command.put("op", "cas").put("expect", "v1").put("value", "c" + i);
                default -> command.put("op", i % 8 == 7 ? "delete" : "no such op");
            };
            commands.add(utf8(whole.encode()));
        }
        return new CommandSupply(commands, utf8("{\"op\":\"digest\"}"), true);
    }

    byte[] command(long number) {
        return commands.get((int) (number % commands.size()));
    }

    private static List<byte[]> opaque() {
        Random random = new Random(1);
        List<byte[]> commands = new ArrayList<>();
        for (int i = 0; i < OPAQUE; i++) {
            commands.add(bytes(random, 1 + i));
        }
        return commands;
    }

    /** Bytes that mean nothing. */
    static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
