package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outrigger.agent.node.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A problem as {@code application/problem+json} (RFC 9457), alone or inside a batch's results. */
record ProblemDocument(Problem problem) implements Json.Document {
    static final String MEDIA_TYPE = "application/problem+json";

    private static final Duration RETRY_AFTER_DEFAULT = Duration.ofSeconds(1);

    /** When to try again; always known for 429 and 503. */
    Optional<Duration> retryAfter() {
        int status = problem.code().status();
        return problem.retryAfter()
                .or(() -> status == 429 || status == 503 ? Optional.of(RETRY_AFTER_DEFAULT) : Optional.empty());
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        Problem.Code code = problem.code();
        json.writeStartObject();
        json.writeStringField("type", "urn:outrigger:problem:" + lowerCase(code).replace('_', '-'));
        json.writeStringField("title", code.title());
        json.writeNumberField("status", code.status());
        json.writeStringField("detail", problem.detail());
        json.writeStringField("code", code.name());
        json.writeStringField("outcome", lowerCase(problem.outcome()));
        if (problem.leader().isPresent()) {
            json.writeStringField("leader", problem.leader().get().name());
        }
        if (problem.index().isPresent()) {
            json.writeNumberField("index", problem.index().get());
        }
        if (retryAfter().isPresent()) {
            json.writeNumberField("retryAfterMs", retryAfter().get().toMillis());
        }
        json.writeEndObject();
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
