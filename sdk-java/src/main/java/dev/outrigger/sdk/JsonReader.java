package dev.outrigger.sdk;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/**
 * Strict JSON (RFC 8259) over bytes, pulled value by value, so that nothing is built that nobody asked for. Depth and
 * fields per object are bounded, a repeated field is refused, and the only failure is {@link MalformedJsonException}.
 * For one thread.
 */
final class JsonReader {
    static final int DEPTH_MAX = 32;
    static final int FIELDS_MAX = 64;
    private static final int LONG_DIGITS_MAX = 20;

    private final byte[] in;
    private int at;
    private int depth;

    JsonReader(byte[] in) {
        this.in = in;
    }

    /** Reads an object; {@code onField} gets each name and must read or skip the value. */
    void object(Consumer<String> onField) {
        enter('{');
        List<String> seen = new ArrayList<>(4);
        if (!nextIs('}')) {
            do {
                skipSpace();
                String name = string();
                if (seen.contains(name) || seen.size() == FIELDS_MAX) {
                    throw malformed("field \"" + name + "\" is repeated or one too many");
                }
                seen.add(name);
                expect(':');
                onField.accept(name);
            } while (nextIs(','));
            expect('}');
        }
        depth--;
    }

    /** Reads an array; {@code onElement} must read or skip one value each time. */
    void array(Runnable onElement) {
        enter('[');
        if (!nextIs(']')) {
            do {
                onElement.run();
            } while (nextIs(','));
            expect(']');
        }
        depth--;
    }

    String string() {
        int start = openString();
        while (plain(at)) {
            at++;
        }
        if (at < in.length && in[at] == '"') {
            return new String(in, start, at++ - start, StandardCharsets.ISO_8859_1);
        }
        at = start;
        return slowString();
    }

    /** Reads a string of padded base64. */
    byte[] base64() {
        int start = openString();
        while (plain(at)) {
            at++;
        }
        try {
            if (at < in.length && in[at] == '"') {
                byte[] text = Arrays.copyOfRange(in, start, at++);
                return padded(text.length, Base64.getDecoder().decode(text));
            }
            at = start;
            String escaped = slowString();
            return padded(escaped.length(), Base64.getDecoder().decode(escaped));
        } catch (IllegalArgumentException e) {
            throw malformed("not base64: " + e.getMessage());
        }
    }

    private byte[] padded(int textLength, byte[] bytes) {
        if (textLength % 4 != 0) {
            throw malformed("base64 without its padding");
        }
        return bytes;
    }

    /** Reads an integer that lies between the two bounds, both inclusive. */
    long integer(long min, long max) {
        skipSpace();
        int start = at;
        boolean fits = number() && at - start <= LONG_DIGITS_MAX;
        try {
            long value = fits ? Long.parseLong(new String(in, start, at - start, StandardCharsets.ISO_8859_1)) : 0;
            if (fits && value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Nineteen or twenty characters that are still too much for a long: out of any range.
        }
        throw malformed("expected an integer from " + min + " to " + max);
    }

    boolean bool() {
        skipSpace();
        if (literal("true")) {
            return true;
        }
        if (literal("false")) {
            return false;
        }
        throw malformed("expected true or false");
    }

    /** Reads {@code null} if it comes next, else reads nothing. */
    boolean nullNext() {
        skipSpace();
        return literal("null");
    }

    /** Reads any value, checks that it is JSON, and forgets it. */
    void skip() {
        skipSpace();
        switch (peek()) {
            case '{' -> object(name -> skip());
            case '[' -> array(this::skip);
            case '"' -> string();
            case 't', 'f' -> bool();
            case 'n' -> {
                if (!nullNext()) {
                    throw malformed("expected null");
                }
            }
            default -> number();
        }
    }

    /** Only space may be left. */
    void end() {
        skipSpace();
        if (at != in.length) {
            throw malformed("text after the end");
        }
    }

    MalformedJsonException malformed(String what) {
        return new MalformedJsonException(what + " (at byte " + at + ")");
    }

    private void enter(char bracket) {
        expect(bracket);
        if (++depth > DEPTH_MAX) {
            throw malformed("nested deeper than " + DEPTH_MAX);
        }
    }

    private int openString() {
        expect('"');
        return at;
    }

    private boolean plain(int position) {
        return position < in.length && in[position] >= 0x20 && in[position] != '"' && in[position] != '\\';
    }

    /** A string with escapes or beyond ASCII; stands after the opening quote. */
    private String slowString() {
        StringBuilder text = new StringBuilder();
        int from = at;
        while (peek() != '"') {
            if (peek() == '\\') {
                text.append(utf8(from));
                at++;
                text.append(escape());
                from = at;
            } else if (peek() >= 0 && peek() < 0x20) {
                throw malformed("control character in a string");
            } else {
                at++;
            }
        }
        text.append(utf8(from));
        at++;
        return paired(text);
    }

    private CharSequence utf8(int from) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(in, from, at - from));
        } catch (CharacterCodingException e) {
            throw malformed("not UTF-8");
        }
    }

    private char escape() {
        byte kind = peek();
        at++;
        return switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex4();
            default -> throw malformed("unknown escape");
        };
    }

    private char hex4() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw malformed("expected four hex digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    /** Half a surrogate pair is no character: two readers would make different bytes of it. */
    private String paired(StringBuilder text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int type = Character.getType(text.codePointAt(i));
            if (type == Character.SURROGATE) {
                throw malformed("half a surrogate pair in a string");
            }
        }
        return text.toString();
    }

    /** Passes over a number and says whether it is written as an integer. */
    private boolean number() {
        literal("-");
        if (!literal("0")) {
            digits();
        }
        int whole = at;
        if (literal(".")) {
            digits();
        }
        if (literal("e") || literal("E")) {
            if (!literal("+")) {
                literal("-");
            }
            digits();
        }
        return at == whole;
    }

    private void digits() {
        int start = at;
        while (at < in.length && in[at] >= '0' && in[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw malformed("expected a digit");
        }
    }

    private boolean literal(String text) {
        if (in.length - at < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (in[at + i] != text.charAt(i)) {
                return false;
            }
        }
        at += text.length();
        return true;
    }

    private boolean nextIs(char character) {
        skipSpace();
        if (at < in.length && in[at] == character) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char character) {
        if (!nextIs(character)) {
            throw malformed("expected '" + character + "'");
        }
    }

    private byte peek() {
        if (at >= in.length) {
            throw malformed("the text ends too early");
        }
        return in[at];
    }

    private void skipSpace() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }
}
