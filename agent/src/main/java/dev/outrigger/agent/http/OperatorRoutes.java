package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.MembersOrder;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code POST /v1/leader}, {@code /v1/members}, {@code /v1/resync} and {@code /v1/skip}: who leads, who belongs to the
 * cluster, a clean state for an application in quarantine, and commands that no application is to apply. */
final class OperatorRoutes {
    private static final int BODY_BYTES_MAX = 4 << 10;

    private final Node node;
    private final InFlight inFlight;
    private final Problems problems;

    OperatorRoutes(Node node, InFlight inFlight, Problems problems) {
        this.node = node;
        this.inFlight = inFlight;
        this.problems = problems;
    }

    void transfer(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Future<Answer<Answer.Led>> answer = BodyReader.read(request, BODY_BYTES_MAX, inFlight)
                .map(body -> fields(body, Set.of("to")))
                .map(fields -> Optional.ofNullable(fields.get("to")).map(OperatorRoutes::member))
                .compose(to -> node.transfer(to, wait));
        Replies.send(request, answer, problems, OperatorRoutes::led);
    }

    void skip(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Future<Answer<Answer.Skipped>> answer = BodyReader.read(request, BODY_BYTES_MAX, inFlight)
                .map(OperatorRoutes::skip)
                .compose(skip -> node.skip(skip.index, skip.reason, wait));
        Replies.send(request, answer, problems, OperatorRoutes::skipped);
    }

    private record Skip(long index, String reason) {}

    private static Skip skip(byte[] body) {
        long index = 0;
        String reason = "";
        try (JsonParser json = Json.parser(body)) {
            boolean valid = json.nextToken() == JsonToken.START_OBJECT;
            while (valid && json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("index") && value == JsonToken.VALUE_NUMBER_INT && index == 0) {
                    index = json.getLongValue();
                } else if (name.equals("reason") && value == JsonToken.VALUE_STRING && reason.isEmpty()) {
                    reason = json.getText().strip();
                } else {
                    valid = false;
                }
            }
            if (valid && index >= 1 && !reason.isEmpty() && json.nextToken() == null) {
                return new Skip(index, reason);
            }
        } catch (JacksonException e) {
            throw malformed("The body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading JSON from memory failed", e);
        }
        throw malformed(
                "The body is a JSON object with index, a whole number from 1, and reason, a text that is not empty;"
                        + " each once, and nothing else.");
    }

    private static void skipped(HttpServerResponse response, Answer.Skipped skipped) {
        Replies.json(response, Json.write(json -> {
            json.writeStartObject();
            json.writeNumberField("index", skipped.index());
            json.writeEndObject();
        }));
    }

    void resync(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Replies.send(request, node.resync(wait), problems, OperatorRoutes::resynced);
    }

    private static void resynced(HttpServerResponse response, long index) {
        Replies.json(response, Json.write(json -> {
            json.writeStartObject();
            json.writeNumberField("index", index);
            json.writeEndObject();
        }));
    }

    void add(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Future<Answer<Answer.Changed>> answer = BodyReader.read(request, BODY_BYTES_MAX, inFlight)
                .map(body -> added(fields(body, Set.of("name", "peer", "role"))))
                .compose(order -> node.changeMembers(order, wait));
        Replies.send(request, answer, problems, OperatorRoutes::changed);
    }

    void remove(RoutingContext request) {
        change(request, new MembersOrder.Remove(named(request)));
    }

    void replace(RoutingContext request) {
        change(request, new MembersOrder.Replace(named(request)));
    }

    private void change(RoutingContext request, MembersOrder order) {
        Duration wait = WaitPreference.of(request.request().headers());
        Replies.send(request, node.changeMembers(order, wait), problems, OperatorRoutes::changed);
    }

    private static MembersOrder added(Map<String, String> fields) {
        String peer = fields.get("peer");
        String name = fields.get("name");
        if (name == null || peer == null) {
            throw malformed("A new member has a name and a peer, host:port, where the others reach it.");
        }
        return new MembersOrder.Add(member(name), peer, votes(fields.getOrDefault("role", "voter")));
    }

    private static boolean votes(String role) {
        return switch (role) {
            case "voter" -> true;
            case "learner" -> false;
            default -> throw malformed("role is voter (the default) or learner.");
        };
    }

    private static MemberId named(RoutingContext request) {
        return member(request.pathParam("name"));
    }

    private static MemberId member(String name) {
        if (!MemberId.isValid(name)) {
            throw malformed("'" + name + "' cannot be the name of a member.");
        }
        return new MemberId(name);
    }

    private static Map<String, String> fields(byte[] body, Set<String> known) {
        try {
            return Json.texts(body, known)
                    .orElseThrow(() -> malformed("The body is a JSON object of texts, each once, of these: "
                            + String.join(", ", known.stream().sorted().toList()) + "."));
        } catch (JacksonException e) {
            throw malformed("The body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading JSON from memory failed", e);
        }
    }

    private static void led(HttpServerResponse response, Answer.Led led) {
        Replies.json(response, Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("leader", led.leader().name());
            json.writeNumberField("term", led.term());
            json.writeEndObject();
        }));
    }

    private static void changed(HttpServerResponse response, Answer.Changed changed) {
        Replies.json(response, Json.write(json -> {
            json.writeStartObject();
            json.writeNumberField("index", changed.index());
            json.writeArrayFieldStart("members");
            for (Configuration.Member member : changed.members()) {
                write(json, member);
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    private static void write(JsonGenerator json, Configuration.Member member) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", member.id().name());
        json.writeStringField("peer", member.peer());
        json.writeStringField("role", member.votes() ? "voter" : "learner");
        json.writeEndObject();
    }

    private static RefusedRequest malformed(String detail) {
        return RefusedRequest.because(Problem.Code.MALFORMED, detail);
    }
}
