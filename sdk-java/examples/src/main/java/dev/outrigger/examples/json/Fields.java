package dev.outrigger.examples.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of one JSON object. Texts, booleans and nulls are kept; numbers, arrays and objects are known only by name,
 * so that asking for one of them as a text says what is wrong.
 */
public final class Fields {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
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
        try (JsonParser parser = JSON.createParser(json)) {
            return new Fields(object(parser));
        } catch (IOException e) {
            throw new MalformedCommandException("not a JSON object");
        }
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
            throw new MalformedCommandException("text after the JSON object");
        }
        return values;
    }

    private static Object value(JsonParser parser) throws IOException, MalformedCommandException {
        return switch (parser.nextToken()) {
            case VALUE_STRING -> wellFormed(parser.getText());
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> Other.NULL;
            default -> {
                parser.skipChildren();
                yield Other.UNREAD;
            }
        };
    }

    /** Half a surrogate pair could be neither stored as UTF-8 nor written out again. */
    private static String wellFormed(String text) throws MalformedCommandException {
        if (text.codePoints().anyMatch(point -> point <= 0xFFFF && Character.isSurrogate((char) point))) {
            throw new MalformedCommandException("half a surrogate pair in a text");
        }
        return text;
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
