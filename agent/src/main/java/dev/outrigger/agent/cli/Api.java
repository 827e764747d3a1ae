package dev.outrigger.agent.cli;

import dev.outrigger.agent.config.Setting;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the client API is, and how to call it; the options that every command against a running agent has. */
final class Api {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final Main.Console console;

    @Option(
            names = "--api",
            paramLabel = "HOST:PORT",
            description = "the agent's client API (default: OUTRIGGER_API, else 127.0.0.1:7411)")
    private Optional<String> address = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "file with the bearer token (default: OUTRIGGER_TOKEN_FILE)")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    Api(Main.Console console) {
        this.console = console;
    }

    boolean printsJson() {
        return json;
    }

    HttpRequest.Builder request(String pathAndQuery, Duration timeout) {
        return request(pathAndQuery).timeout(timeout);
    }

    /** One that takes as long as it takes. */
    HttpRequest.Builder request(String pathAndQuery) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(pathAndQuery));
        token(tokenFile, console).ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    HttpRequest.Builder post(String pathAndQuery, byte[] body, Duration timeout) {
        return request(pathAndQuery, timeout).POST(BodyPublishers.ofByteArray(body));
    }

    /** @param exitCodeWhenBroken what it means that the connection broke after the request had been sent */
    HttpResponse<byte[]> send(HttpRequest request, int exitCodeWhenBroken) {
        return send(request, BodyHandlers.ofByteArray(), exitCodeWhenBroken);
    }

    <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body, int exitCodeWhenBroken) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        try {
            return client.send(request, body);
        } catch (ConnectException refused) {
            throw new ApiException(
                    ExitCode.FAILED,
                    "no agent answers at " + request.uri().getAuthority() + "; nothing was sent",
                    refused);
        } catch (IOException broken) {
            boolean beforeSending = broken instanceof HttpConnectTimeoutException;
            throw new ApiException(
                    beforeSending ? ExitCode.FAILED : exitCodeWhenBroken,
                    "the connection to " + request.uri().getAuthority() + " broke"
                            + (beforeSending ? " before anything was sent" : "") + ": " + broken,
                    broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ApiException(exitCodeWhenBroken, "interrupted while waiting for the answer", interrupted);
        }
    }

    /** The problem that an answer carries, or one made from its status when it carries none. */
    static JsonObject problem(HttpResponse<byte[]> response) {
        return problem(response.statusCode(), response.body());
    }

    static JsonObject problem(int status, byte[] body) {
        try {
            return new JsonObject(new String(body, StandardCharsets.UTF_8));
        } catch (DecodeException notJson) {
            return new JsonObject()
                    .put("status", status)
                    .put("code", "HTTP_" + status)
                    .put("detail", "the agent answered with status " + status)
                    .put("outcome", status < 500 ? "none" : "unknown");
        }
    }

    /** Prints a problem, as JSON on stdout or as one line on stderr, and tells the exit code that goes with it. */
    int report(JsonObject problem) {
        if (json) {
            console.out().println(problem.encode());
        } else {
            console.error("outrigger: " + problem.getString("code") + ": " + problem.getString("detail") + " (outcome "
                    + problem.getString("outcome", "unknown") + ")");
        }
        return problem.getString("outcome", "unknown").equals("none") ? ExitCode.FAILED : ExitCode.OUTCOME_UNKNOWN;
    }

    private URI uri(String pathAndQuery) {
        String given = address.or(() -> environment(Setting.API)).orElse("127.0.0.1:7411");
        String base = given.startsWith("http://") ? given.replaceAll("/+$", "") : "http://" + given;
        try {
            return URI.create(base + pathAndQuery);
        } catch (IllegalArgumentException malformed) {
            throw new ApiException(ExitCode.USAGE, "--api must be HOST:PORT, not '" + given + "'", malformed);
        }
    }

    /** The token in {@code file}, or in the one that the environment names; empty when there is none. */
    static Optional<String> token(Optional<Path> file, Main.Console console) {
        Optional<Path> named = Optional.ofNullable(console.environment().get(Setting.TOKEN_FILE.environmentName()))
                .map(Path::of);
        return file.or(() -> named).map(path -> {
            try {
                return Files.readString(path).strip();
            } catch (IOException unreadable) {
                throw new ApiException(ExitCode.USAGE, "cannot read the token file " + path, unreadable);
            }
        });
    }

    private Optional<String> environment(Setting setting) {
        return Optional.ofNullable(console.environment().get(setting.environmentName()));
    }
}
