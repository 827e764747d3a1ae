package dev.outrigger.sdk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Writes JSON into a growing array and puts the commas. The caller keeps brackets in balance. For one thread. */
final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] out;
    private int at;
    private boolean comma;

    JsonWriter(int expectedBytes) {
        out = new byte[Math.max(16, expectedBytes)];
    }

    JsonWriter object() {
        return open('{');
    }

    JsonWriter endObject() {
        return close('}');
    }

    JsonWriter array() {
        return open('[');
    }

    JsonWriter endArray() {
        return close(']');
    }

    JsonWriter name(String name) {
        separate();
        quoted(name);
        put(':');
        comma = false;
        return this;
    }

    JsonWriter value(@Nullable String text) {
        separate();
        if (text == null) {
            raw("null");
        } else {
            quoted(text);
        }
        return this;
    }

    JsonWriter value(long number) {
        separate();
        raw(Long.toString(number));
        return this;
    }

    JsonWriter base64(byte[] bytes) {
        separate();
        put('"');
        byte[] text = Base64.getEncoder().encode(bytes);
        ensure(text.length);
        System.arraycopy(text, 0, out, at, text.length);
        at += text.length;
        put('"');
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(out, at);
    }

    private JsonWriter open(char bracket) {
        separate();
        put(bracket);
        comma = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        put(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            put(',');
        }
        comma = true;
    }

    private void quoted(String text) {
        put('"');
        for (byte character : text.getBytes(StandardCharsets.UTF_8)) {
            if (character == '"' || character == '\\') {
                put('\\');
                put(character);
            } else if (character >= 0 && character < 0x20) {
                raw("\\u00");
                put(HEX[character >> 4]);
                put(HEX[character & 15]);
            } else {
                put(character);
            }
        }
        put('"');
    }

    private void raw(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            put(ascii.charAt(i));
        }
    }

    private void put(int character) {
        ensure(1);
        out[at++] = (byte) character;
    }

    private void ensure(int bytes) {
        if (out.length - at < bytes) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, at + bytes));
        }
    }
}
