package dev.outrigger.agent.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An application that is given a log over the JSON form of the app protocol, as an agent that catches up gives it. Every
 * method blocks until the application has answered, and throws {@link ApiException} when the answer is not what the
 * protocol asks for.
 */
final class ReplayedApp {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** The first agent that this application sees, and so the lowest boot number. */
    private static final int EPOCH = 1;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final URI root;
    private final Optional<String> token;
    private final String cluster;
    private final Duration timeout;

    /** @param timeout for one call */
    ReplayedApp(URI root, Optional<String> token, String cluster, Duration timeout) {
        this.root = root;
        this.token = token;
        this.cluster = cluster;
        this.timeout = timeout;
    }

    /** Who it is and where it stands. */
    JsonObject info() {
        JsonObject info = call("info", null);
        if (!Integer.valueOf(1).equals(info.getValue("protocol"))
                || !(info.getValue("applied") instanceof JsonObject applied)
                || !(applied.getValue("index") instanceof Number)) {
            throw failed("info is not of protocol 1: " + shortened(info.encode()));
        }
        return info;
    }

    /** Delivers one batch; a result for each command of it. */
    List<ReplayResult> apply(long prevIndex, List<LogLine> batch) {
        JsonArray commands = new JsonArray();
        for (LogLine one : batch) {
            commands.add(new JsonObject()
                    .put("index", one.index())
                    .put("term", one.term())
                    .put("time", one.time())
                    .put("data", one.data()));
        }
        JsonObject answer = call(
                "apply",
                new JsonObject()
                        .put("epoch", EPOCH)
                        .put("prevIndex", prevIndex)
                        .put("replay", true)
                        .put("commands", commands));
        long last = batch.get(batch.size() - 1).index();
        if (!(answer.getValue("results") instanceof JsonArray results)
                || results.size() != batch.size()
                || !(answer.getValue("applied") instanceof Number applied)
                || applied.longValue() != last) {
            throw failed("apply was given " + batch.size() + " commands through index " + last
                    + " and answered with other results or another position: " + shortened(answer.encode()));
        }
        try {
            return results(batch, results, answer);
        } catch (JsonLines.MalformedLineException | ClassCastException e) {
            throw failed("apply gave a result that is none: " + e.getMessage());
        }
    }

    private static List<ReplayResult> results(List<LogLine> batch, JsonArray results, JsonObject answer) {
        Optional<String> stateHash = Optional.ofNullable(answer.getString("stateHash"));
        List<ReplayResult> read = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Optional<String> hash = i == batch.size() - 1 ? stateHash : Optional.empty();
            read.add(ReplayResult.of(batch.get(i).index(), results.getJsonObject(i), hash));
        }
        return read;
    }

    private JsonObject call(String path, @Nullable JsonObject body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(root.resolve(path)).timeout(timeout).header("Outrigger-Cluster", cluster);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        if (body != null) {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.encode()));
        }
        HttpResponse<byte[]> response;
        try {
            response = client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new ApiException(ExitCode.FAILED, path + " of the application at " + root + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ExitCode.FAILED, "interrupted while waiting for the application", e);
        }
        String text = new String(response.body(), StandardCharsets.UTF_8);
        if (response.statusCode() != 200) {
            throw failed(path + " was answered with status " + response.statusCode() + ": " + shortened(text));
        }
        try {
            return new JsonObject(text);
        } catch (DecodeException | ClassCastException e) {
            throw failed(path + " was answered with what is no JSON object: " + shortened(text));
        }
    }

    private static ApiException failed(String what) {
        return new ApiException(ExitCode.FAILED, what);
    }

    private static String shortened(String text) {
        return text.length() > 300 ? text.substring(0, 300) + " …" : text;
    }
}
