package dev.outrigger.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One delivery from the agent.
 *
 * @param epoch boot number of the agent: one below the highest seen comes from the past
 * @param prevIndex index of the last command delivered before this batch, 0 for none
 * @param replay whether this is catching up
 * @param commands in order, each index above the one before it and above {@code prevIndex}
 */
record ApplyRequest(long epoch, long prevIndex, boolean replay, List<Command> commands) {
    /** @param timeMillis agreed time, milliseconds since 1970 */
    record Command(long index, long term, long timeMillis, byte[] data) {}

    long lastIndex() {
        return commands.isEmpty()
                ? prevIndex
                : commands.get(commands.size() - 1).index();
    }

    /** What is wrong with the order of the indexes, if anything. */
    Optional<String> disorder() {
        long previous = prevIndex;
        for (Command command : commands) {
            if (command.index() <= previous) {
                return Optional.of("index " + command.index() + " comes after index " + previous);
            }
            previous = command.index();
        }
        return Optional.empty();
    }

    /** Reads the JSON form; fields that this version does not know are passed over. */
    static ApplyRequest parse(byte[] body) {
        Draft draft = new Draft();
        JsonReader in = new JsonReader(body);
        in.object(name -> draft.read(name, in));
        in.end();
        return draft.finish(in);
    }

    private static final class Draft {
        private long epoch = -1;
        private long prevIndex = -1;
        private boolean replay;
        private @Nullable List<Command> commands;

        private void read(String name, JsonReader in) {
            switch (name) {
                case "epoch" -> epoch = in.integer(0, Long.MAX_VALUE);
                case "prevIndex" -> prevIndex = in.integer(0, Long.MAX_VALUE);
                case "replay" -> replay = in.bool();
                case "commands" -> commands = readCommands(in);
                default -> in.skip();
            }
        }

        private static List<Command> readCommands(JsonReader in) {
            List<Command> commands = new ArrayList<>();
            in.array(() -> {
                CommandDraft draft = new CommandDraft();
                in.object(name -> draft.read(name, in));
                commands.add(draft.finish(in));
            });
            return commands;
        }

        private ApplyRequest finish(JsonReader in) {
            if (epoch < 0 || prevIndex < 0 || commands == null) {
                throw in.malformed("a delivery needs epoch, prevIndex and commands");
            }
            ApplyRequest request = new ApplyRequest(epoch, prevIndex, replay, commands);
            request.disorder().ifPresent(why -> {
                throw in.malformed(why);
            });
            return request;
        }
    }

    private static final class CommandDraft {
        private long index;
        private long term;
        private long timeMillis = -1;
        private byte @Nullable [] data;

        private void read(String name, JsonReader in) {
            switch (name) {
                case "index" -> index = in.integer(1, Long.MAX_VALUE);
                case "term" -> term = in.integer(1, Long.MAX_VALUE);
                case "time" -> timeMillis = in.integer(0, Long.MAX_VALUE);
                case "data" -> data = in.base64();
                default -> in.skip();
            }
        }

        private Command finish(JsonReader in) {
            if (index == 0 || term == 0 || timeMillis < 0 || data == null) {
                throw in.malformed("a command needs index, term, time and data");
            }
            return new Command(index, term, timeMillis, data);
        }
    }
}
