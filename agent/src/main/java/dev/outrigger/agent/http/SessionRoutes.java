package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Answer.Numbered;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.Problem;
import dev.outrigger.agent.session.SessionLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.OptionalLong;

/** {@code /v1/sessions}: sessions are opened, closed, and asked what became of a command. */
final class SessionRoutes {
    private static final int BODY_BYTES_MAX = 4 << 10;

    private final Node node;
    private final InFlight inFlight;
    private final Problems problems;

    SessionRoutes(Node node, InFlight inFlight, Problems problems) {
        this.node = node;
        this.inFlight = inFlight;
        this.problems = problems;
    }

    void open(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Future<Answer<Answer.Opened>> answer = BodyReader.read(request, BODY_BYTES_MAX, inFlight)
                .map(SessionRoutes::timeToLive)
                .compose(millis -> {
                    Routes.proposed(request);
                    return node.openSession(millis, wait);
                });
        Replies.send(request, answer, problems, (response, opened) -> {
            response.setStatusCode(201);
            Replies.json(response, Json.write(json -> {
                json.writeStartObject();
                json.writeStringField("session", opened.session());
                json.writeNumberField("ttlMs", opened.timeToLiveMillis());
                json.writeEndObject();
            }));
        });
    }

    void close(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        String session = SessionFields.session(request.pathParam("id"));
        Routes.proposed(request);
        Replies.send(
                request,
                node.closeSession(session, wait),
                problems,
                (response, index) -> response.setStatusCode(204)
                        .putHeader("Outrigger-Index", Long.toString(index))
                        .end());
    }

    void command(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        String session = SessionFields.session(request.pathParam("id"));
        long sequence = SessionFields.sequence(request.pathParam("n"));
        Replies.send(
                request,
                node.sessionCommand(session, sequence, wait),
                problems,
                (response, numbered) -> Replies.json(response, document(numbered)));
    }

    private static Buffer document(Numbered numbered) {
        return Json.write(json -> {
            json.writeStartObject();
            if (numbered instanceof Numbered.Executed executed) {
                write(json, executed);
            } else {
                json.writeStringField("state", numbered instanceof Numbered.Unseen ? "unseen" : "forgotten");
            }
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Numbered.Executed executed) throws IOException {
        json.writeStringField("state", "applied");
        json.writeNumberField("index", executed.index());
        if (executed.result().isPresent()) {
            Answer.Applied result = executed.result().get();
            json.writeNumberField("term", result.term());
            json.writeNumberField("code", result.code());
            json.writeBinaryField("data", result.data().array());
        } else {
            json.writeNullField("result");
        }
    }

    /** {@code {"ttlMs":n}}, or nothing. */
    private static OptionalLong timeToLive(byte[] body) {
        if (body.length == 0) {
            return OptionalLong.empty();
        }
        try (JsonParser json = Json.parser(body)) {
            boolean shaped = json.nextToken() == JsonToken.START_OBJECT;
            OptionalLong millis = OptionalLong.empty();
            if (shaped && json.nextToken() == JsonToken.FIELD_NAME) {
                shaped = json.currentName().equals("ttlMs") && json.nextToken() == JsonToken.VALUE_NUMBER_INT;
                millis = shaped ? OptionalLong.of(json.getLongValue()) : millis;
                json.nextToken();
            }
            shaped = shaped && json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
            if (!shaped || millis.isPresent() && !isTimeToLive(millis.getAsLong())) {
                throw malformed("The body is {\"ttlMs\":n}, with n from " + SessionLimits.TIME_TO_LIVE_MIN_MILLIS
                        + " to " + SessionLimits.TIME_TO_LIVE_MAX_MILLIS + ", or nothing.");
            }
            return millis;
        } catch (JacksonException e) {
            throw malformed("The body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading JSON from memory failed", e);
        }
    }

    private static boolean isTimeToLive(long millis) {
        return millis >= SessionLimits.TIME_TO_LIVE_MIN_MILLIS && millis <= SessionLimits.TIME_TO_LIVE_MAX_MILLIS;
    }

    private static RefusedRequest malformed(String detail) {
        return RefusedRequest.because(Problem.Code.MALFORMED, detail);
    }
}
