package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;

/** What all frames have in common: a u32 length of what follows, the kind, the version, one byte each, and fields. */
final class Frames {
    static final String MEDIA_TYPE = "application/vnd.outrigger.frames";
    static final int LENGTH_BYTES = Integer.BYTES;
    static final int VERSION = 1;

    static final int BATCH = 1;
    static final int RESULTS = 2;
    static final int REFUSAL = 3;
    static final int COMMANDS = 4;
    static final int OUTCOMES = 5;

    private Frames() {}

    static boolean areIn(HttpExchange exchange) {
        return isType(exchange, MEDIA_TYPE);
    }

    /** Whether the request's content type is this one, whatever parameters it has. */
    static boolean isType(HttpExchange exchange, String mediaType) {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase(mediaType);
    }
}
