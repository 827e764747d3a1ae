package dev.outrigger.examples.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of one JSON object: RFC 8259 in UTF-8, no name twice in an object, nested {@value #DEPTH_MAX} deep at most,
 * and no other bounds, so that an application in another language can be as strict. Texts, booleans and nulls are kept; numbers, arrays and objects are known only by name,
 * so that asking for one of them as a text says what is wrong.
 */
public final class Fields {
    static final int DEPTH_MAX = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private enum Other {
        NULL,
        UNREAD
    }

    private final Map<String, Object> values;

    private Fields(Map<String, Object> values) {
        this.values = values;
    }

    public static Fields parse(byte[] json) throws MalformedCommandException {
        Map<String, Object> values;
        try (JsonParser parser = JSON.createParser(text(json))) {
            values = object(parser);
        } catch (IOException e) {
            throw new MalformedCommandException("not a JSON object");
        }
        for (Object value : values.values()) {
            if (value instanceof String text && hasHalfSurrogatePair(text)) {
                throw new MalformedCommandException("half a surrogate pair in a text");
            }
        }
        return new Fields(values);
    }

    /** Left to itself the parser would guess the encoding, and take bytes for UTF-8 that are none. */
    private static String text(byte[] json) throws IOException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException, MalformedCommandException {
        Map<String, Object> values = new HashMap<>();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedCommandException("not a JSON object");
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            values.put(name, value(parser));
        }
        if (parser.nextToken() != null) {
            throw new MalformedCommandException("not a JSON object");
        }
        return values;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> Other.NULL;
            default -> {
                parser.skipChildren();
                yield Other.UNREAD;
            }
        };
    }

    /** It could be neither stored as UTF-8 nor written out again. */
    private static boolean hasHalfSurrogatePair(String text) {
        return text.codePoints().anyMatch(point -> point <= 0xFFFF && Character.isSurrogate((char) point));
    }

    public String text(String name) throws MalformedCommandException {
        if (values.get(name) instanceof String text) {
            return text;
        }
        throw new MalformedCommandException("\"" + name + "\" must be a text");
    }

    /** Empty for null; the field must be there. */
    public Optional<String> textOrNull(String name) throws MalformedCommandException {
        return values.get(name) == Other.NULL ? Optional.empty() : Optional.of(text(name));
    }

    public boolean flag(String name) throws MalformedCommandException {
        if (values.get(name) instanceof Boolean flag) {
            return flag;
        }
        throw new MalformedCommandException("\"" + name + "\" must be true or false");
    }
}
