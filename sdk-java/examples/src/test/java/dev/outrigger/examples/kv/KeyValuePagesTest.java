package dev.outrigger.examples.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.examples.LoneAgent;
import dev.outrigger.examples.web.WebServer;
import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.OutriggerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeyValuePagesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static HttpResponse<String> call(WebServer web, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.port() + path))
                .method(method, BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    @Test
    void servesKeysOverHttpThroughTheClusterAndTellsWhatFailed() throws Exception {
        KeyValueStore store = new KeyValueStore();
        try (LoneAgent agent = new LoneAgent();
                AppServer server = AppServer.start(store, AppOptions.defaults().withPort(0));
                Outrigger outrigger = Outrigger.connect(
                        OutriggerOptions.defaults().withAgent(agent.uri()).withDeadline(Duration.ofMillis(500)));
                WebServer web = WebServer.start("127.0.0.1", 0, new KeyValuePages(store, server, outrigger))) {
            agent.serve(server.port());
            assertEquals(404, call(web, "GET", "/keys/a%20b", "").statusCode());
            assertEquals(
                    "{\"previous\":null}", call(web, "PUT", "/keys/a%20b", "ü").body());
            assertEquals("ü", call(web, "GET", "/keys/a%20b", "").body());
            assertEquals(
                    "{\"previous\":\"ü\"}",
                    call(web, "DELETE", "/keys/a%20b", "").body());
            assertEquals(404, call(web, "GET", "/keys/a%20b", "").statusCode());
            assertEquals(404, call(web, "GET", "/", "").statusCode());
            assertEquals(405, call(web, "PATCH", "/keys/a", "").statusCode());

            agent.trouble(503, "none");
            HttpResponse<String> away = call(web, "PUT", "/keys/a", "x");
            assertEquals(503, away.statusCode());
            assertTrue(away.body().contains("Not done, for certain: TROUBLE"), away.body());
            assertEquals(503, call(web, "GET", "/keys/a", "").statusCode());
            agent.trouble(504, "unknown");
            HttpResponse<String> unknown = call(web, "PUT", "/keys/a", "x");
            assertEquals(504, unknown.statusCode());
            assertTrue(unknown.body().contains("not known"), unknown.body());
        }
    }
}
