package dev.outrigger.examples;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in for a cluster of one: gives each command the next index and has the applications apply it. No log, no
 * consensus; what it takes to run an example over real HTTP.
 */
public final class LoneAgent implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<URI> applications = new ArrayList<>();
    private static final String SESSIONS = "/v1/sessions";

    private final HttpServer server;
    private long index;
    private int trouble;
    private String outcome = "none";

    public LoneAgent() throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Adds an application; the first one gives the answers. */
    public synchronized void serve(int appPort) {
        applications.add(URI.create("http://127.0.0.1:" + appPort + "/outrigger/v1/"));
    }

    /** From now on everything but sessions fails with this status; 0 ends the trouble. */
    public synchronized void trouble(int status, String outcome) {
        this.trouble = status;
        this.outcome = outcome;
    }

    public synchronized void role(String role, long term, String leader) throws Exception {
        for (URI application : applications) {
            String push = "{\"epoch\":1,\"role\":\"%s\",\"term\":%d,\"leader\":\"%s\"}".formatted(role, term, leader);
            post(application.resolve("role"), push);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("DELETE")) {
                exchange.sendResponseHeaders(204, -1);
                return;
            }
            if (path.equals("/v1/commands/batch") && !isJson(exchange)) {
                exchange.sendResponseHeaders(415, -1);
                return;
            }
            byte[] answer = answer(path, body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status(path), answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static boolean isJson(HttpExchange exchange) {
        return "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    }

    private synchronized int status(String path) {
        if (path.equals(SESSIONS)) {
            return 201;
        }
        return trouble == 0 ? 200 : trouble;
    }

    private synchronized String answer(String path, byte[] body) throws IOException, InterruptedException {
        if (path.equals(SESSIONS)) {
            return "{\"session\":\"lone\"}";
        }
        if (trouble != 0) {
            return "{\"status\":%d,\"code\":\"TROUBLE\",\"detail\":\"as told\",\"outcome\":\"%s\"}"
                    .formatted(trouble, outcome);
        }
        if (path.equals("/v1/barrier")) {
            return "{\"index\":" + index + "}";
        }
        StringBuilder results = new StringBuilder();
        for (String data : dataOf(body)) {
            results.append(results.isEmpty() ? "" : ",").append(apply(data));
        }
        return "{\"results\":[" + results + "]}";
    }

    private String apply(String data) throws IOException, InterruptedException {
        String delivery = ("{\"epoch\":1,\"prevIndex\":%d,\"replay\":false,\"commands\":"
                        + "[{\"index\":%d,\"term\":1,\"time\":1764000000000,\"data\":\"%s\"}]}")
                .formatted(index, index + 1, data);
        index++;
        String answered = "";
        for (URI application : applications) {
            String body = post(application.resolve("apply"), delivery);
            answered = answered.isEmpty() ? body : answered;
        }
        String result = answered.substring(answered.indexOf("[{") + 2, answered.lastIndexOf("}]"));
        return "{\"index\":" + index + ",\"term\":1," + result + "}";
    }

    private String post(URI target, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(target)
                .header("Content-Type", "application/json")
                .header("Outrigger-Cluster", "lone")
                .POST(BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("the application answered " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private static List<String> dataOf(byte[] batch) throws IOException {
        List<String> data = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(batch)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_STRING && "data".equals(json.currentName())) {
                    data.add(json.getText());
                }
            }
        }
        return data;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
