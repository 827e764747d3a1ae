package dev.outrigger.examples.web;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What was asked. */
public final class WebRequest {
    private static final int BODY_BYTES_MAX = 1 << 20;

    private final HttpExchange exchange;

    WebRequest(HttpExchange exchange) {
        this.exchange = exchange;
    }

    public String method() {
        return exchange.getRequestMethod();
    }

    /** The path, decoded. */
    public String path() {
        return exchange.getRequestURI().getPath();
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /** Whether the caller asks for JSON rather than for a page. */
    public boolean wantsJson() {
        return header("Accept").orElse("").contains("application/json");
    }

    /** The body as text; empty when it is longer than a megabyte. */
    public Optional<String> body() throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        return bytes.length > BODY_BYTES_MAX
                ? Optional.empty()
                : Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
}
