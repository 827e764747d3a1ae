package dev.outrigger.agent.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.outrigger.agent.app.AppEvents.Result;
import dev.outrigger.agent.app.AppFailure.Cause;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The application protocol's JSON, straight to and from bytes. Reading is strict about what the agent relies on, and
 * passes over fields that it does not know. What cannot be read is an {@link AppFailure} of cause {@code MALFORMED}.
 */
final class AppJson {
    private static final int PROTOCOL = 1;
    private static final int CODE_MAX = 65535;
    // The length of an answer is bounded before it is read; within it, one result may take all.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private AppJson() {}

    static Buffer writeBatch(AppBatch batch) {
        return write(json -> {
            json.writeStartObject();
            json.writeNumberField("epoch", batch.epoch());
            json.writeNumberField("prevIndex", batch.prevIndex());
            json.writeBooleanField("replay", batch.replay());
            json.writeArrayFieldStart("commands");
            for (AppCommand command : batch.commands()) {
                writeCommand(json, command);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void writeCommand(JsonGenerator json, AppCommand command) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", command.index());
        json.writeNumberField("term", command.term());
        json.writeNumberField("time", command.timeMillis());
        json.writeBinaryField("data", command.data().array());
        json.writeEndObject();
    }

    static Buffer writeRole(long epoch, String role, long term, Optional<MemberId> leader) {
        return write(json -> {
            json.writeStartObject();
            json.writeNumberField("epoch", epoch);
            json.writeStringField("role", role);
            json.writeNumberField("term", term);
            json.writeStringField("leader", leader.map(MemberId::name).orElse(null));
            json.writeEndObject();
        });
    }

    static AppInfo readInfo(Buffer body) {
        return read("info", body, AppJson::readInfo);
    }

    private static AppInfo readInfo(JsonParser json) throws IOException {
        long protocol = -1;
        Optional<String> name = Optional.empty();
        Optional<String> version = Optional.empty();
        Optional<String> cluster = Optional.empty();
        Position applied = Position.UNKNOWN;
        Set<String> encodings = Set.of();
        expect(json.currentToken() == JsonToken.START_OBJECT, "it is not an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "protocol" -> protocol = readNumber(json, field);
                case "app" -> name = readText(json, field);
                case "version" -> version = readText(json, field);
                case "cluster" -> cluster = readText(json, field);
                case "applied" -> applied = readPosition(json);
                case "encodings" -> encodings = readEncodings(json);
                default -> json.skipChildren();
            }
        }
        expect(protocol == PROTOCOL, "its protocol is not " + PROTOCOL);
        expect(applied.index >= 0 && applied.term >= 0, "applied needs an index and a term, neither negative");
        expect(
                (applied.index == 0) == (applied.term == 0),
                "applied has an index without a term or a term without one");
        expect(encodings.contains("json"), "encodings does not hold json");
        Encodings fast = new Encodings(encodings.contains("frames"), encodings.contains("stream"));
        return new AppInfo(name, version, cluster, applied.index, applied.term, fast);
    }

    private record Position(long index, long term) {
        static final Position UNKNOWN = new Position(-1, -1);
    }

    private static Position readPosition(JsonParser json) throws IOException {
        long index = -1;
        long term = -1;
        expect(json.currentToken() == JsonToken.START_OBJECT, "applied is not an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "index" -> index = readNumber(json, field);
                case "term" -> term = readNumber(json, field);
                default -> json.skipChildren();
            }
        }
        return new Position(index, term);
    }

    private static Set<String> readEncodings(JsonParser json) throws IOException {
        Set<String> encodings = new HashSet<>();
        expect(json.currentToken() == JsonToken.START_ARRAY, "encodings is not an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            readText(json, "encodings").ifPresent(encodings::add);
        }
        return encodings;
    }

    /** @param commands how many results to expect; reading stops at the first one too many */
    static AppAnswer readAnswer(Buffer body, int commands) {
        return read("apply", body, json -> readAnswer(json, commands));
    }

    private static AppAnswer readAnswer(JsonParser json, int commands) throws IOException {
        long applied = -1;
        List<Result> results = List.of();
        Optional<Payload> stateHash = Optional.empty();
        expect(json.currentToken() == JsonToken.START_OBJECT, "it is not an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "applied" -> applied = readNumber(json, field);
                case "results" -> results = readResults(json, commands);
                case "stateHash" -> stateHash = readStateHash(json);
                default -> json.skipChildren();
            }
        }
        expect(results.size() == commands, results.size() + " results for " + commands + " commands");
        return new AppAnswer(applied, results, stateHash);
    }

    private static Optional<Payload> readStateHash(JsonParser json) throws IOException {
        String hex = readText(json, "stateHash").orElse("");
        expect(hex.length() <= 2 * AppAnswer.STATE_HASH_BYTES_MAX, "stateHash is too long");
        try {
            return Optional.of(Payload.of(HexFormat.of().parseHex(hex))).filter(hash -> hash.length() > 0);
        } catch (IllegalArgumentException exception) {
            throw new AppFailure(Cause.MALFORMED, "stateHash is not hex");
        }
    }

    private static List<Result> readResults(JsonParser json, int commands) throws IOException {
        List<Result> results = new ArrayList<>(commands);
        expect(json.currentToken() == JsonToken.START_ARRAY, "results is not an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(results.size() < commands, "more than " + commands + " results for " + commands + " commands");
            results.add(readResult(json));
        }
        return results;
    }

    private static Result readResult(JsonParser json) throws IOException {
        long code = -1;
        Payload data = Payload.EMPTY;
        expect(json.currentToken() == JsonToken.START_OBJECT, "a result is not an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "code" -> code = readNumber(json, field);
                case "data" -> data = readData(json);
                default -> json.skipChildren();
            }
        }
        expect(code >= 0 && code <= CODE_MAX, "a result has no code from 0 to " + CODE_MAX);
        return new Result((int) code, data);
    }

    private static Payload readData(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Payload.EMPTY;
        }
        expect(json.currentToken() == JsonToken.VALUE_STRING, "data is not a string");
        return Payload.of(json.getBinaryValue());
    }

    private static long readNumber(JsonParser json, String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, field + " is not a whole number");
        return json.getLongValue();
    }

    private static Optional<String> readText(JsonParser json, String field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        expect(json.currentToken() == JsonToken.VALUE_STRING, field + " is not a string");
        return Optional.of(json.getText());
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AppFailure(Cause.MALFORMED, otherwise);
        }
    }

    private interface Reading<T> {
        T from(JsonParser json) throws IOException;
    }

    private static <T> T read(String call, Buffer body, Reading<T> reading) {
        String broken = "gave a broken answer to " + call + ": ";
        try (JsonParser json = JSON.createParser(body.getBytes())) {
            json.nextToken();
            T value = reading.from(json);
            expect(json.nextToken() == null, "something follows its end");
            return value;
        } catch (AppFailure failure) {
            throw new AppFailure(failure.cause(), broken + failure.detail());
        } catch (IOException exception) {
            throw new AppFailure(Cause.MALFORMED, broken + firstLine(exception.getMessage()));
        }
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "unreadable" : text.lines().findFirst().orElse("unreadable");
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static Buffer write(Writing writing) {
        Buffer buffer = Buffer.buffer();
        try (JsonGenerator json = JSON.createGenerator(new BufferOutput(buffer))) {
            writing.to(json);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
        return buffer;
    }

    /** Appends what is written to a buffer. */
    private static final class BufferOutput extends OutputStream {
        private final Buffer buffer;

        BufferOutput(Buffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public void write(int b) {
            buffer.appendByte((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            buffer.appendBytes(bytes, offset, length);
        }
    }
}
