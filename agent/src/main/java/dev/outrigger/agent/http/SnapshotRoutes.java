package dev.outrigger.agent.http;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.BackupDownload;
import dev.outrigger.agent.node.Node;
import dev.outrigger.agent.node.Problem;
import dev.outrigger.agent.node.RestoreUpload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /v1/snapshots}: snapshots are taken, sent as backups, and put into an empty cluster. */
final class SnapshotRoutes {
    private static final Logger log = LoggerFactory.getLogger(SnapshotRoutes.class);

    private final Node node;
    private final ApiOptions options;
    private final Problems problems;

    SnapshotRoutes(Node node, ApiOptions options, Problems problems) {
        this.node = node;
        this.options = options;
        this.problems = problems;
    }

    void take(RoutingContext request) {
        Duration wait = WaitPreference.of(request.request().headers());
        Replies.send(request, node.takeSnapshot(wait), problems, SnapshotRoutes::taken);
    }

    private static void taken(HttpServerResponse response, Snapshot snapshot) {
        Replies.json(response, Json.write(json -> {
            json.writeStartObject();
            json.writeNumberField("index", snapshot.index());
            json.writeNumberField("term", snapshot.term());
            json.writeNumberField("bytes", snapshot.bytes());
            json.writeEndObject();
        }));
    }

    void download(RoutingContext request) {
        node.latestSnapshot().onFailure(request::fail).onSuccess(answer -> {
            if (answer instanceof Answer.Ok<BackupDownload> ok) {
                new Sending(request.request(), ok.value()).start(request);
            } else if (answer instanceof Answer.Failed<BackupDownload> failed) {
                problems.send(request.request(), failed.problem());
            }
        });
    }

    /** One download: the next piece is read when the one before is with the kernel. */
    private static final class Sending {
        private final HttpServerRequest request;
        private final HttpServerResponse response;
        private final BackupDownload backup;
        private boolean over;

        Sending(HttpServerRequest request, BackupDownload backup) {
            this.request = request;
            this.response = request.response();
            this.backup = backup;
        }

        void start(RoutingContext context) {
            context.addEndHandler(ended -> close());
            if (response.closed()) {
                close();
                return;
            }
            Snapshot snapshot = backup.snapshot();
            response.putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(backup.bytes()))
                    .putHeader("Outrigger-Index", Long.toString(snapshot.index()))
                    .putHeader("Outrigger-Term", Long.toString(snapshot.term()));
            if (!backup.format().isEmpty()) {
                response.putHeader("Outrigger-Format", backup.format());
            }
            if (request.method().equals(HttpMethod.HEAD)) {
                close();
                response.end();
            } else {
                next();
            }
        }

        private void next() {
            if (over) {
                return;
            }
            backup.next().onFailure(this::breakOff).onSuccess(piece -> {
                if (over) {
                    return;
                }
                if (piece.isEmpty()) {
                    close();
                    response.end();
                } else {
                    response.write(Buffer.buffer(piece.get().array()))
                            .onSuccess(written -> next())
                            .onFailure(gone -> close());
                }
            });
        }

        /** Without its last bytes nobody takes it for whole. */
        private void breakOff(Throwable cause) {
            log.warn("a download was broken off: {}", cause.getMessage());
            close();
            response.reset();
        }

        private void close() {
            over = true;
            backup.close();
        }
    }

    void restore(RoutingContext context) {
        HttpServerRequest request = context.request();
        Duration wait = WaitPreference.of(request.headers());
        BodyReader.refuseEncoded(request);
        request.pause();
        node.restore(options.commandBytesMax(), wait).onFailure(context::fail).onSuccess(answer -> {
            if (answer instanceof Answer.Ok<RestoreUpload> ok) {
                new Receiving(context, ok.value(), wait).start();
            } else if (answer instanceof Answer.Failed<RestoreUpload> failed) {
                problems.send(request, failed.problem());
                request.resume();
            }
        });
    }

    /** One upload: the connection is read from only while there is room. */
    private final class Receiving {
        private final RoutingContext context;
        private final HttpServerRequest request;
        private final RestoreUpload upload;
        private final Duration wait;
        private long silence;
        private boolean answered;

        Receiving(RoutingContext context, RestoreUpload upload, Duration wait) {
            this.context = context;
            this.request = context.request();
            this.upload = upload;
            this.wait = wait;
        }

        void start() {
            context.addEndHandler(ended -> {
                listenNoMore();
                if (!answered) {
                    upload.abandon();
                }
            });
            if (request.response().closed()) {
                upload.abandon();
                return;
            }
            if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
                request.response().writeContinue();
            }
            request.handler(this::received)
                    .endHandler(end -> finish())
                    .exceptionHandler(gone -> {}); // the end handlers of the request clean up
            listen();
            request.resume();
        }

        private void received(Buffer chunk) {
            if (answered) {
                return; // read past the rest
            }
            listenNoMore();
            request.pause();
            upload.write(Payload.of(chunk.getBytes())).onSuccess(problem -> {
                problem.ifPresent(this::refuse);
                if (!answered) {
                    listen();
                }
                request.resume();
            });
        }

        private void finish() {
            listenNoMore();
            if (answered) {
                return;
            }
            Routes.proposed(context);
            Replies.send(
                    context,
                    upload.finish(wait).onSuccess(done -> answered = true),
                    problems,
                    (response, index) -> Replies.json(response, Json.write(json -> {
                        json.writeStartObject();
                        json.writeNumberField("index", index);
                        json.writeEndObject();
                    })));
        }

        private void listen() {
            listenNoMore();
            silence = context.vertx().setTimer(options.uploadSilenceMax().toMillis(), id -> {
                upload.abandon();
                refuse(Problem.of(
                        Problem.Code.DEADLINE,
                        Problem.Outcome.NONE,
                        "Nothing of the backup came for "
                                + options.uploadSilenceMax().toSeconds() + " s. Nothing changed."));
            });
        }

        private void listenNoMore() {
            context.vertx().cancelTimer(silence);
        }

        private void refuse(Problem problem) {
            if (!answered) {
                answered = true;
                problems.send(request, problem);
            }
        }
    }
}
