package dev.outrigger.sdk;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that {@code outrigger log export} writes: a JSON object a line, {@code
 * {"index":42,"term":3,"time":1764000000000,"data":"aGk="}}, by rising index. Fields that this version does not know are
 * passed over.
 */
public final class ExportedLog {
    private ExportedLog() {}

    /**
     * All commands of the file.
     *
     * @throws IOException when it cannot be read, or naming the line that is not a command or not in order
     */
    public static List<LoggedCommand> read(Path file) throws IOException {
        List<LoggedCommand> commands = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            long previous = 0;
            int number = 1;
            for (String line = in.readLine(); line != null; line = in.readLine(), number++) {
                if (!line.isBlank()) {
                    LoggedCommand command = parse(line, file + " line " + number);
                    if (command.index() <= previous) {
                        throw new IOException(
                                file + " line " + number + ": index " + command.index() + " comes after " + previous);
                    }
                    previous = command.index();
                    commands.add(command);
                }
            }
        }
        return commands;
    }

    private static LoggedCommand parse(String line, String where) throws IOException {
        Draft draft = new Draft();
        try {
            JsonReader in = new JsonReader(line.getBytes(StandardCharsets.UTF_8));
            in.object(name -> draft.read(name, in));
            in.end();
            return draft.finish(in);
        } catch (MalformedJsonException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        }
    }

    private static final class Draft {
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

        private LoggedCommand finish(JsonReader in) {
            if (index == 0 || term == 0 || timeMillis < 0 || data == null) {
                throw in.malformed("a command needs index, term, time and data");
            }
            return new LoggedCommand(index, term, timeMillis, data);
        }
    }
}
