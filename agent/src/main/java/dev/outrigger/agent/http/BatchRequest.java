package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Many commands in one request. A command that cannot be taken has its own problem and does not spoil the others.
 *
 * @param size how many commands the request lists
 * @param commands those that can be taken, in order
 * @param refused the problems of the others, by their place in the request from 0
 */
record BatchRequest(int size, List<ClientCommand> commands, Map<Integer, Problem> refused) {
    /**
     * Reads {@code {"commands":[{"data":"<base64>","session":"...","sequence":n}]}}, the last two together or not at
     * all, as a stream. Names it does not know are refused, not skipped: a
     * misspelt {@code session} must not quietly give up exactly-once.
     *
     * @throws IOException when this is not JSON
     * @throws RefusedRequest when it is not a batch, or one of too many commands
     */
    static BatchRequest parse(byte[] json, int commandBytesMax, int commandsMax) throws IOException {
        try (JsonParser parser = Json.parser(json)) {
            return new Reader(parser, commandBytesMax, commandsMax).read();
        }
    }

    static RefusedRequest tooMany(int commandsMax) {
        return RefusedRequest.because(
                Problem.Code.TOO_LARGE, "A batch has at most " + commandsMax + " commands; send several.");
    }

    static String tooLarge(int bytes, int commandBytesMax) {
        return "The command has " + bytes + " bytes; at most " + commandBytesMax
                + " are taken (OUTRIGGER_MAX_COMMAND).";
    }

    private static final class Reader {
        private final JsonParser parser;
        private final int commandBytesMax;
        private final int commandsMax;
        private final List<ClientCommand> commands = new ArrayList<>();
        private final Map<Integer, Problem> refused = new HashMap<>();
        private int size;

        Reader(JsonParser parser, int commandBytesMax, int commandsMax) {
            this.parser = parser;
            this.commandBytesMax = commandBytesMax;
            this.commandsMax = commandsMax;
        }

        BatchRequest read() throws IOException {
            boolean shaped = parser.nextToken() == JsonToken.START_OBJECT
                    && "commands".equals(parser.nextFieldName())
                    && parser.nextToken() == JsonToken.START_ARRAY;
            if (!shaped) {
                throw notABatch();
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                add();
            }
            if (parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw notABatch();
            }
            return new BatchRequest(size, commands, refused);
        }

        private void add() throws IOException {
            if (size == commandsMax) {
                throw tooMany(commandsMax);
            }
            Command command = new Command();
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    field(command, name);
                }
            } else {
                parser.skipChildren();
                command.refuse(Problem.Code.MALFORMED, "A command in a batch is an object with data.");
            }
            command.endAt(size++);
        }

        private void field(Command command, String name) throws IOException {
            JsonToken value = parser.currentToken();
            if (name.equals("data") && value == JsonToken.VALUE_STRING) {
                command.data(parser.getText());
                return;
            }
            if (name.equals("session") && value == JsonToken.VALUE_STRING) {
                command.session(parser.getText());
                return;
            }
            if (name.equals("sequence") && value == JsonToken.VALUE_NUMBER_INT) {
                command.sequence(parser.getText());
                return;
            }
            parser.skipChildren();
            if (name.equals("data")) {
                command.refuse(Problem.Code.MALFORMED, "data is a string in base64.");
            } else if (!name.equals("session") && !name.equals("sequence")) {
                command.refuse(Problem.Code.MALFORMED, "A command in a batch has no field '" + name + "'.");
            } else if (value != JsonToken.VALUE_NULL) {
                command.refuse(
                        Problem.Code.MALFORMED,
                        "session is a string, and sequence " + SessionFields.SEQUENCE_RULE + ".");
            }
        }

        private static RefusedRequest notABatch() {
            return RefusedRequest.because(
                    Problem.Code.MALFORMED, "A batch is {\"commands\":[{\"data\":\"<base64>\"}]} and nothing else.");
        }

        /** One command while it is read. The first thing that is wrong with it counts. */
        private final class Command {
            private @Nullable Payload data;
            private @Nullable String session;
            private long sequence;
            private @Nullable Problem problem;

            void data(String base64) {
                if (data != null) {
                    refuse(Problem.Code.MALFORMED, "data is given twice.");
                    return;
                }
                try {
                    data = Payload.of(Base64.getDecoder().decode(base64));
                } catch (IllegalArgumentException e) {
                    refuse(Problem.Code.MALFORMED, "data is not base64.");
                    return;
                }
                if (data.length() > commandBytesMax) {
                    refuse(Problem.Code.TOO_LARGE, tooLarge(data.length(), commandBytesMax));
                }
            }

            void session(String text) {
                if (session != null) {
                    refuse(Problem.Code.MALFORMED, "session is given twice.");
                } else if (!SessionFields.isSession(text)) {
                    refuse(Problem.Code.MALFORMED, "A session is the text that POST /v1/sessions answered.");
                }
                session = text;
            }

            void sequence(String digits) {
                long number = digits.length() > 18 ? 0 : Long.parseLong(digits);
                if (sequence != 0) {
                    refuse(Problem.Code.MALFORMED, "sequence is given twice.");
                } else if (!SessionFields.isSequence(number)) {
                    refuse(Problem.Code.MALFORMED, "A sequence is " + SessionFields.SEQUENCE_RULE + ".");
                }
                sequence = number;
            }

            private Optional<ClientCommand.Place> inSession() {
                if ((session == null) != (sequence == 0)) {
                    refuse(Problem.Code.MALFORMED, "session and sequence come together or not at all.");
                }
                return Optional.ofNullable(session).map(name -> new ClientCommand.Place(name, sequence));
            }

            void refuse(Problem.Code code, String detail) {
                if (problem == null) {
                    problem = Problem.of(code, Problem.Outcome.NONE, detail);
                }
            }

            void endAt(int place) {
                if (problem == null && data == null) {
                    refuse(Problem.Code.MALFORMED, "data is missing.");
                }
                Optional<ClientCommand.Place> inSession = inSession();
                if (problem != null) {
                    refused.put(place, problem);
                } else if (data != null) {
                    commands.add(new ClientCommand(data, inSession));
                }
            }
        }
    }
}
