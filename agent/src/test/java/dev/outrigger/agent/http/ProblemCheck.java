package dev.outrigger.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Set;

/** What every problem must look like. */
final class ProblemCheck {
    private static final Set<String> ALWAYS = Set.of("type", "title", "status", "detail", "code", "outcome");
    private static final Set<String> WHERE_KNOWN = Set.of("leader", "index", "retryAfterMs");

    private ProblemCheck() {}

    static JsonObject problem(HttpResponse<byte[]> response, int status, String code) {
        return problem(response, status, code, "none");
    }

    static JsonObject problem(HttpResponse<byte[]> response, int status, String code, String outcome) {
        JsonObject body = Buffer.buffer(response.body()).toJsonObject();
        assertEquals(code, body.getString("code"), body.toString());
        assertEquals(status, response.statusCode());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("content-type").orElse(""));
        boolean retry = status == 429 || status == 503;
        assertEquals(retry, response.headers().firstValue("retry-after").isPresent());
        check(body, status, outcome);
        return body;
    }

    static void check(JsonObject body, int status, String outcome) {
        assertEquals(outcome, body.getString("outcome"), body.toString());
        assertEquals(status, body.getInteger("status"));
        assertTrue(body.fieldNames().containsAll(ALWAYS), body.toString());
        body.fieldNames().forEach(name -> assertTrue(ALWAYS.contains(name) || WHERE_KNOWN.contains(name), name));
        assertTrue(body.getString("type").matches("urn:outrigger:problem:[a-z-]+"), body.toString());
        assertFalse(body.getString("title").isEmpty());
        assertFalse(body.getString("detail").contains("\tat "), "a stack trace");
        if (body.containsKey("index")) {
            assertInstanceOf(Number.class, body.getValue("index"));
        }
        if (status == 429 || status == 503) {
            assertTrue(body.getLong("retryAfterMs") > 0);
        }
    }
}
