package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.function.Consumer;

/** One answer of the embedded server. */
record HttpReply(int status, String contentType, byte[] body) {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    static HttpReply noContent() {
        return new HttpReply(204, "", new byte[0]);
    }

    static HttpReply octets(byte[] body) {
        return new HttpReply(200, "application/octet-stream", body);
    }

    static HttpReply json(JsonWriter body) {
        return new HttpReply(200, JSON, body.toBytes());
    }

    static HttpReply problem(int status, String code, String title, String detail) {
        return problem(status, code, title, detail, more -> {});
    }

    /** @param more writes further fields of the problem */
    static HttpReply problem(int status, String code, String title, String detail, Consumer<JsonWriter> more) {
        JsonWriter out = new JsonWriter(256).object();
        out.name("type").value("about:blank").name("title").value(title);
        out.name("status").value(status).name("code").value(code).name("detail").value(detail);
        more.accept(out);
        return new HttpReply(status, PROBLEM, out.endObject().toBytes());
    }

    /**
     * Answers a request whose body is not read, then reads it all the same until the caller has understood and ends it:
     * closing on unread bytes would reset the connection, and the answer with it.
     */
    void sendBeforeBody(HttpExchange exchange, WholeBody requestBody) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        requestBody.drain();
        exchange.close();
    }

    void send(HttpExchange exchange) throws IOException {
        if (!contentType.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
