package dev.outrigger.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One agent and the application beside it, and how to talk to them. Calls block; what the other side does not answer is an
 * {@link UncheckedIOException}.
 */
public final class Instance {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(15);
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final Place place;
    private final Child agent;
    private final Child app;

    Instance(Place place, Child agent, Child app) {
        this.place = place;
        this.agent = agent;
        this.app = app;
    }

    public String name() {
        return place.name();
    }

    public Place place() {
        return place;
    }

    public Child agent() {
        return agent;
    }

    public Child app() {
        return app;
    }

    /** {@code POST /v1/commands}. */
    public HttpResponse<String> submit(String command) {
        return send(request("/v1/commands").POST(body(command)).build());
    }

    /** {@code POST /v1/queries}, linearizable. */
    public HttpResponse<String> query(String query) {
        return send(request("/v1/queries?consistency=linearizable")
                .POST(body(query))
                .build());
    }

    /** {@code POST /v1/queries}, answered from what this instance's application knows. */
    public HttpResponse<String> localQuery(String query) {
        return send(request("/v1/queries?consistency=local").POST(body(query)).build());
    }

    /** {@code GET} on the client API. */
    public HttpResponse<String> get(String path) {
        return send(request(path).GET().build());
    }

    /** {@code GET} on the ops listener. */
    public HttpResponse<String> ops(String path) {
        return send(HttpRequest.newBuilder(place.opsUri().resolve(path))
                .timeout(ANSWER_MAX)
                .build());
    }

    /** A request to the client API that the caller completes. */
    public HttpRequest.Builder request(String path) {
        URI uri = place.apiUri().resolve(path);
        return HttpRequest.newBuilder(uri).timeout(ANSWER_MAX);
    }

    public HttpResponse<String> send(HttpRequest request) {
        return send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    /** The body as it is, of an answer that must be 200. */
    public byte[] sendForBytes(HttpRequest request) {
        HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(request.uri() + ": " + response.statusCode());
        }
        return response.body();
    }

    private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return HTTP.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + request.uri(), e);
        }
    }

    /** Whether the agent is up and says that it can serve. */
    public boolean isReady() {
        return answers("/readyz", 200);
    }

    /** What keeps it from being ready, for errors. */
    String readiness() {
        try {
            return ops("/readyz?verbose").body();
        } catch (UncheckedIOException e) {
            return "agent " + (agent.isAlive() ? "runs" : "does not run") + ", log " + agent;
        }
    }

    /** Whether the agent is up and answers so on its ops listener. */
    public boolean answers(String path, int status) {
        try {
            return ops(path).statusCode() == status;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Whether the agent is up and says that it leads. */
    public boolean isLeader() {
        try {
            return ops("/status").body().contains("\"role\":\"leader\"");
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    @Override
    public String toString() {
        return name();
    }
}
