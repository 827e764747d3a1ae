package dev.outrigger.agent.cli.conformance;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the application answered to one call. */
record Answer(int status, HttpHeaders headers, byte[] body) {
    private static final int QUOTED_CHARS_MAX = 120;

    boolean isClientError() {
        return status >= 400 && status < 500;
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    JsonObject json() {
        try {
            return new JsonObject(Buffer.buffer(body));
        } catch (DecodeException | ClassCastException e) {
            throw new Deviation("status " + status + " with a body that is no JSON object: " + quoted());
        }
    }

    /** Status and the beginning of the body, on one line. */
    String brief() {
        return "status " + status + (body.length == 0 ? "" : " " + quoted());
    }

    String quoted() {
        String text = new String(body, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ");
        return text.length() <= QUOTED_CHARS_MAX ? text : text.substring(0, QUOTED_CHARS_MAX) + "…";
    }
}
