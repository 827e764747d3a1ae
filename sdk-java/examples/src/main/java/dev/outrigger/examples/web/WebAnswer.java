package dev.outrigger.examples.web;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What is answered.
 *
 * @param headers besides those that every answer carries
 * @param lengthBytes of the body; {@link #STREAM} for one that ends when it ends
 */
public record WebAnswer(int status, Map<String, String> headers, long lengthBytes, Body body) {
    static final long STREAM = 0;
    private static final long EMPTY = -1;

    /** Writes the body; may block, and ends with an exception when the reader goes away. */
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Any content whose bytes are at hand. */
    public static WebAnswer of(int status, String contentType, byte[] bytes) {
        return new WebAnswer(
                status,
                Map.of("Content-Type", contentType),
                bytes.length == 0 ? EMPTY : bytes.length,
                out -> out.write(bytes));
    }

    public static WebAnswer html(int status, String page) {
        return of(status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
    }

    public static WebAnswer json(int status, byte[] json) {
        return of(status, "application/json", json);
    }

    public static WebAnswer text(int status, String line) {
        return of(status, "text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** To be asked for again by GET, so that reloading the page repeats nothing. */
    public static WebAnswer seeOther(String path) {
        return new WebAnswer(303, Map.of("Location", path), EMPTY, out -> {});
    }

    /** Server-sent events for as long as {@code body} writes. */
    public static WebAnswer events(Body body) {
        return new WebAnswer(200, Map.of("Content-Type", "text/event-stream"), STREAM, body);
    }
}
