package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reading and writing JSON as a stream of tokens, within limits. */
final class Json {
    /** No document of the client API is deeper than four; whoever sends more sends nonsense. */
    private static final int NESTING_MAX = 16;

    private static final int NAME_CHARS_MAX = 256;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxStringLength(Integer.MAX_VALUE) // the body has its own limit
                    .build())
            .build();

    private Json() {}

    /** Writes one document into memory. */
    interface Document {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static JsonParser parser(byte[] json) throws IOException {
        return FACTORY.createParser(json);
    }

    /**
     * A flat object of texts; no body at all is an empty one.
     *
     * @return empty when it is something else, or has a name twice or one that is not {@code known}
     * @throws IOException when this is not JSON
     */
    static Optional<Map<String, String>> texts(byte[] body, Set<String> known) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        if (body.length == 0) {
            return Optional.of(texts);
        }
        try (JsonParser json = parser(body)) {
            boolean valid = json.nextToken() == JsonToken.START_OBJECT;
            while (valid && json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                valid = known.contains(name)
                        && json.nextToken() == JsonToken.VALUE_STRING
                        && texts.put(name, json.getText()) == null;
            }
            valid = valid && json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
            return valid ? Optional.of(texts) : Optional.empty();
        }
    }

    static Buffer write(Document document) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            document.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException("writing JSON to memory failed", e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
