package dev.outrigger.examples.lightbulb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.examples.LoneAgent;
import dev.outrigger.examples.web.WebServer;
import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Outrigger;
import dev.outrigger.sdk.OutriggerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BulbPagesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<AutoCloseable> open = new ArrayList<>();
    private LoneAgent agent;
    private WebServer here;
    private WebServer there;

    @BeforeEach
    void twoInstances() throws Exception {
        agent = new LoneAgent();
        open.add(agent);
        here = instance();
        there = instance();
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private WebServer instance() throws IOException {
        LivePicture picture = new LivePicture();
        AppServer server = keep(
                AppServer.start(new Lightbulb(picture), AppOptions.defaults().withPort(0)));
        server.leadership(picture::leadership);
        Outrigger outrigger = keep(Outrigger.connect(
                OutriggerOptions.defaults().withAgent(agent.uri()).withDeadline(Duration.ofMillis(500))));
        BulbPages pages = keep(new BulbPages(picture, outrigger));
        agent.serve(server.port());
        return keep(WebServer.start("127.0.0.1", 0, pages));
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    private static HttpRequest.Builder to(WebServer instance, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + instance.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder flip(WebServer instance, String form) {
        return to(instance, "/switch")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
    }

    private BufferedReader events(WebServer instance) throws Exception {
        HttpResponse<InputStream> response = HTTP.send(to(instance, "/events").build(), BodyHandlers.ofInputStream());
        assertEquals(Optional.of("text/event-stream"), response.headers().firstValue("Content-Type"));
        return keep(new BufferedReader(new InputStreamReader(response.body(), UTF_8)));
    }

    /** Reads on until an event says so; the test's time limit ends a wait in vain. */
    private static String eventWith(BufferedReader events, String part) throws IOException {
        String line = events.readLine();
        while (!line.contains(part)) {
            line = events.readLine();
            assertNotNull(line, "the events ended");
        }
        return line;
    }

    @Test
    void theSwitchOfOneInstanceIsSeenLiveOnEveryOther() throws Exception {
        BufferedReader hereEvents = events(here);
        BufferedReader thereEvents = events(there);
        eventWith(hereEvents, "\"on\":false");
        eventWith(thereEvents, "\"on\":false");

        HttpResponse<String> answer = send(flip(here, "on=true").header("Accept", "application/json"));
        assertEquals(200, answer.statusCode());
        assertEquals("{\"message\":\"Done, at index 1.\"}", answer.body());
        eventWith(hereEvents, "\"on\":true,\"index\":1");
        eventWith(thereEvents, "\"on\":true,\"index\":1");

        agent.role("follower", 5, "b<2>");
        eventWith(thereEvents, "b<2> leads in term 5.");
        agent.role("leader", 6, "a");
        eventWith(thereEvents, "The agent beside this instance leads in term 6.");
    }

    @Test
    void thePageWorksWithoutScripts() throws Exception {
        String page = send(to(here, "/")).body();
        assertTrue(page.contains("<body class=\"off\">"), page);
        assertTrue(page.contains("name=\"on\" value=\"true\""), page);
        assertTrue(page.contains("http-equiv=\"refresh\""), page);

        HttpResponse<String> answer = send(flip(here, "on=true"));
        assertEquals(303, answer.statusCode());
        assertEquals(Optional.of("/"), answer.headers().firstValue("Location"));

        agent.role("follower", 5, "b<2>");
        page = send(to(here, "/")).body();
        assertTrue(page.contains("<body class=\"on\">"), page);
        assertTrue(page.contains("name=\"on\" value=\"false\""), page);
        assertTrue(page.contains("index <span id=\"index\">1</span>"), page);
        assertTrue(page.contains("b&lt;2&gt; leads in term 5."), page);
        assertFalse(page.contains("{{"), page);
    }

    @Test
    void thePageLoadsNothingFromElsewhereAndItsPolicySaysSo() throws Exception {
        HttpResponse<String> response = send(to(here, "/"));
        String policy = response.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.contains("default-src 'none'"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        assertFalse(response.body().contains("http://") || response.body().contains("https://"), response.body());
        assertFalse(response.body().matches("(?s).*(<style|style=|onclick|<script>).*"), response.body());
        for (String path : List.of("/bulb.css", "/bulb.js", "/bulb.svg")) {
            assertTrue(response.body().contains("\"" + path + "\""), path);
            HttpResponse<String> part = send(to(here, path));
            assertEquals(200, part.statusCode());
            assertEquals(Optional.of("nosniff"), part.headers().firstValue("X-Content-Type-Options"));
            assertFalse(part.body().replace("http://www.w3.org/2000/svg", "").contains("://"), path);
        }
    }

    @Test
    void saysHonestlyWhatBecameOfASwitchThatFailed() throws Exception {
        agent.trouble(503, "none");
        HttpResponse<String> page = send(flip(here, "on=true"));
        assertEquals(503, page.statusCode());
        assertTrue(page.body().contains("Not done, for certain: TROUBLE: as told"), page.body());
        agent.trouble(504, "unknown");
        HttpResponse<String> json = send(flip(here, "on=true").header("Accept", "application/json"));
        assertEquals(504, json.statusCode());
        assertTrue(json.body().contains("It is not known whether this was done"), json.body());
    }

    @Test
    void saysWhenWhatItShowsMayBeOutOfDateAndWhenItIsCurrentAgain() throws Exception {
        BufferedReader events = events(here);
        eventWith(events, "\"doubt\":null");
        agent.trouble(503, "none");
        eventWith(events, "\"doubt\":\"TROUBLE: as told\"");
        assertTrue(send(to(here, "/")).body().contains("TROUBLE: as told"));
        agent.trouble(0, "");
        eventWith(events, "\"doubt\":null");
    }

    @Test
    void otherSitesCannotSwitchIt() throws Exception {
        for (String[] header : new String[][] {
            {"Origin", "http://evil.example"},
            {"Origin", "null"},
            {"Origin", "http://127.0.0.1:1"},
            {"Sec-Fetch-Site", "cross-site"},
            {"Sec-Fetch-Site", "same-site"}
        }) {
            assertEquals(
                    403,
                    send(flip(here, "on=true").header(header[0], header[1])).statusCode(),
                    header[1]);
        }
        assertTrue(send(to(here, "/state")).body().contains("\"on\":false"));
        String own = "http://127.0.0.1:" + here.port();
        assertEquals(
                303,
                send(flip(here, "on=true").header("Origin", own).header("Sec-Fetch-Site", "same-origin"))
                        .statusCode());
    }

    @Test
    void aForeignNameForLoopbackIsNotServed() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", here.port())) {
            socket.getOutputStream()
                    .write("GET /state HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
            assertTrue(new String(socket.getInputStream().readAllBytes(), UTF_8).startsWith("HTTP/1.1 403"));
        }
    }

    @Test
    void refusesFormsThatItDidNotMakeAndPathsThatItDoesNotHave() throws Exception {
        for (String form : List.of("", "on=maybe", "on=true&x=1", "x".repeat(2 << 20))) {
            assertEquals(400, send(flip(here, form)).statusCode());
        }
        assertEquals(404, send(to(here, "/switch")).statusCode());
        assertEquals(404, send(to(here, "/../pom.xml")).statusCode());
    }

    @Test
    void boundsTheLivePagesAndServesTheRest() throws Exception {
        List<Socket> viewers = new ArrayList<>();
        for (int i = 0; i < BulbPages.VIEWERS_MAX; i++) {
            Socket viewer = keep(new Socket("127.0.0.1", here.port()));
            viewer.getOutputStream()
                    .write(("GET /events HTTP/1.1\r\nHost: 127.0.0.1:" + here.port() + "\r\n\r\n").getBytes(UTF_8));
            assertTrue(viewer.getInputStream().read() >= 0);
            viewers.add(viewer);
        }
        assertEquals(503, send(to(here, "/events")).statusCode());
        assertEquals(200, send(to(here, "/")).statusCode());

        viewers.get(0).close();
        // The place is free once a write to the closed page has failed.
        int status = 503;
        while (status == 503) {
            send(flip(here, "on=true"));
            HttpResponse<InputStream> again = HTTP.send(to(here, "/events").build(), BodyHandlers.ofInputStream());
            status = again.statusCode();
            again.body().close();
        }
        assertEquals(200, status);
    }
}
