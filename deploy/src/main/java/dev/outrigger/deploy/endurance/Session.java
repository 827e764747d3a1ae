package dev.outrigger.deploy.endurance;

import dev.outrigger.deploy.Instance;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One client session, used over plain HTTP through any agent. Safe for many threads. */
final class Session {
    private static final Duration OPEN_WAIT = Duration.ofSeconds(5);

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final String id;

    private Session(String id) {
        this.id = id;
    }

    /** @param sequence its number in the session */
    record Command(long sequence, byte[] body) {}

    /** Empty when this agent cannot open one now. */
    static Optional<Session> open(Instance instance) throws InterruptedException {
        HttpRequest request = instance.request("/v1/sessions")
                .timeout(OPEN_WAIT)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 201 && JsonText.object(answer.body()).get("session") instanceof String id
                    ? Optional.of(new Session(id))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Submits a batch. Completes exceptionally, with an {@link IOException}, when there is no answer in time; with another
     * exception when the answer is no answer at all. An answer without results, as a refusal of the whole batch, is empty.
     *
     * @param patience after which the client hangs up
     */
    CompletableFuture<List<Answer>> submit(Instance instance, List<Command> commands, Duration patience) {
        String batch = commands.stream().map(this::json).collect(Collectors.joining(",", "{\"commands\":[", "]}"));
        HttpRequest request = instance.request("/v1/commands/batch")
                .timeout(patience)
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=5")
                .POST(HttpRequest.BodyPublishers.ofString(batch, StandardCharsets.US_ASCII))
                .build();
        return HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(answer -> answers(answer, commands.size()));
    }

    private String json(Command command) {
        return "{\"session\":\"" + id + "\",\"sequence\":" + command.sequence() + ",\"data\":\""
                + Base64.getEncoder().encodeToString(command.body()) + "\"}";
    }

    private static List<Answer> answers(HttpResponse<String> answer, int commands) {
        if (answer.statusCode() != 200) {
            return List.of();
        }
        List<Answer> answers = Answer.ofBatch(answer.body());
        if (answers.size() != commands) {
            throw new IllegalStateException(answers.size() + " results for " + commands + " commands");
        }
        return answers;
    }

    @Override
    public String toString() {
        return id;
    }
}
