package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JacksonException;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.ClientCommand;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/commands} and {@code POST /v1/commands/batch}: what changes the state. */
final class CommandRoutes {
    private static final int STATUS_REFUSED_BY_STATE_MACHINE = 422;

    private final Node node;
    private final ApiOptions options;
    private final InFlight inFlight;
    private final Problems problems;

    CommandRoutes(Node node, ApiOptions options, InFlight inFlight, Problems problems) {
        this.node = node;
        this.options = options;
        this.inFlight = inFlight;
        this.problems = problems;
    }

    void one(RoutingContext request) {
        MultiMap headers = request.request().headers();
        Optional<ClientCommand.Place> place = SessionFields.of(headers);
        Duration wait = WaitPreference.of(headers);
        Future<Answer<Answer.Applied>> answer = BodyReader.read(request, options.commandBytesMax(), inFlight)
                .compose(body -> submit(request, List.of(new ClientCommand(Payload.of(body), place)), wait))
                .map(answers -> answers.get(0));
        Replies.send(request, answer, problems, CommandRoutes::result);
    }

    void batch(RoutingContext request) {
        MultiMap headers = request.request().headers();
        SessionFields.refuse(headers);
        boolean framed = isFramed(headers);
        boolean wantsFrame = wantsFrame(headers);
        Duration wait = WaitPreference.of(headers);
        Future<BatchResults> results = BodyReader.read(request, options.batchBytesMax(), inFlight)
                .map(body -> framed ? parseFrame(body) : parse(body))
                .compose(batch ->
                        submit(request, batch.commands(), wait).map(answers -> new BatchResults(batch, answers)));
        if (wantsFrame) {
            Replies.send(request, results.map(all -> all.writeFrame(problems)), CommandRoutes::frame);
        } else {
            Replies.send(request, results.map(all -> all.write(problems)), Replies::json);
        }
    }

    private Future<List<Answer<Answer.Applied>>> submit(
            RoutingContext request, List<ClientCommand> commands, Duration wait) {
        if (commands.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Routes.proposed(request);
        return node.submit(commands, wait);
    }

    private BatchRequest parseFrame(byte[] body) {
        return BatchFrames.parse(body, options.commandBytesMax(), options.batchCommandsMax());
    }

    private BatchRequest parse(byte[] body) {
        try {
            return BatchRequest.parse(body, options.commandBytesMax(), options.batchCommandsMax());
        } catch (JacksonException e) {
            throw RefusedRequest.because(
                    Problem.Code.MALFORMED, "The body is not a JSON document of a batch: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading JSON from memory failed", e);
        }
    }

    private static void frame(HttpServerResponse response, Buffer frame) {
        Replies.end(response, BatchFrames.MEDIA_TYPE, frame);
    }

    private static void result(HttpServerResponse response, Answer.Applied applied) {
        response.setStatusCode(applied.code() == 0 ? 200 : STATUS_REFUSED_BY_STATE_MACHINE)
                .putHeader("Outrigger-Index", Long.toString(applied.index()))
                .putHeader("Outrigger-Term", Long.toString(applied.term()))
                .putHeader("Outrigger-Code", Integer.toString(applied.code()));
        Replies.bytes(response, applied.data());
    }

    private static boolean isFramed(MultiMap headers) {
        String type = mediaType(headers.get(HttpHeaders.CONTENT_TYPE));
        if (!type.equals("application/json") && !type.equals(BatchFrames.MEDIA_TYPE)) {
            throw RefusedRequest.because(
                    Problem.Code.UNSUPPORTED_MEDIA_TYPE,
                    "A batch is sent as 'Content-Type: application/json' or '" + BatchFrames.MEDIA_TYPE + "'.");
        }
        return type.equals(BatchFrames.MEDIA_TYPE);
    }

    /** Only who names frames gets them. */
    private static boolean wantsFrame(MultiMap headers) {
        return headers.getAll(HttpHeaders.ACCEPT).stream()
                .flatMap(accept -> Stream.of(accept.split(",")))
                .anyMatch(each -> mediaType(each).equals(BatchFrames.MEDIA_TYPE));
    }

    private static String mediaType(@Nullable String header) {
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
