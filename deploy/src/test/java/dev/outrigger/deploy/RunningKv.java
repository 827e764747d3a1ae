package dev.outrigger.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The example kv in one language, without an agent: whoever calls it is its agent. */
final class RunningKv implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Language language;
    private final Child process;
    private final URI uri;

    private RunningKv(Language language, Child process, URI uri) {
        this.language = language;
        this.process = process;
        this.uri = uri;
    }

    static RunningKv start(Language language) {
        int port = Ports.block(1);
        Path log = Path.of("target/languages", language.program() + ".log");
        try {
            Files.createDirectories(log.getParent());
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Child process = language.kv(Path.of(".."), log, port);
        RunningKv kv = new RunningKv(language, process, URI.create("http://127.0.0.1:" + port));
        process.start();
        try {
            Await.until(language + " answers; its output: " + log, START_MAX, kv::answers);
        } catch (AssertionError e) {
            kv.close();
            throw e;
        }
        return kv;
    }

    Language language() {
        return language;
    }

    URI uri() {
        return uri;
    }

    private boolean answers() {
        try {
            return send(request("info")).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Delivers commands from {@code prevIndex + 1} on.
     *
     * @return code and bytes of each result
     */
    List<String> apply(long prevIndex, List<byte[]> commands) {
        StringBuilder body = new StringBuilder("{\"epoch\":1,\"prevIndex\":" + prevIndex + ",\"commands\":[");
        for (int i = 0; i < commands.size(); i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"index\":" + (prevIndex + 1 + i) + ",\"term\":1,\"time\":1764000000000,\"data\":\"")
                    .append(Base64.getEncoder().encodeToString(commands.get(i)))
                    .append("\"}");
        }
        HttpResponse<byte[]> response = send(
                request("apply").header("Content-Type", "application/json").POST(BodyPublishers.ofString(body + "]}")));
        String text = new String(response.body(), StandardCharsets.UTF_8);
        if (response.statusCode() != 200) {
            throw new AssertionError(language + ": " + response.statusCode() + " " + text);
        }
        return Json.parse(text)
                .get("results")
                .valueStream()
                .map(RunningKv::result)
                .toList();
    }

    private static String result(JsonNode result) {
        byte[] data = Base64.getDecoder().decode(result.get("data").asString());
        return result.get("code").asInt() + " " + new String(data, StandardCharsets.UTF_8);
    }

    String query(byte[] query) {
        HttpResponse<byte[]> response = send(request("query").POST(BodyPublishers.ofByteArray(query)));
        return response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8);
    }

    /** The snapshot with its headers. */
    HttpResponse<byte[]> snapshot() {
        return send(request("snapshot"));
    }

    /** Gives it a snapshot, of another one perhaps; the status of the answer. */
    int restore(HttpResponse<byte[]> snapshot) {
        HttpRequest.Builder request = request("snapshot").PUT(BodyPublishers.ofByteArray(snapshot.body()));
        for (String header : List.of("Outrigger-Index", "Outrigger-Term", "Outrigger-Format")) {
            request.header(header, snapshot.headers().firstValue(header).orElseThrow());
        }
        return send(request).statusCode();
    }

    /** SIGTERM; the exit code. */
    int terminate() {
        return process.terminate();
    }

    private HttpRequest.Builder request(String call) {
        return HttpRequest.newBuilder(uri.resolve("/outrigger/v1/" + call)).timeout(Duration.ofSeconds(30));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.kill();
        }
    }
}
