package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The application's HTTP interface. Delivery, its stream, role pushes, queries and snapshots have connections of their own, so that
 * none of them ever waits for another. Hand-shakes share delivery's one connection, which is kept open: when it ends without
 * notice, the application is not the one that answered the hand-shake. Futures complete on the calling event loop and
 * fail with {@link AppFailure} only.
 */
final class AppClient {
    static final String JSON = "application/json";
    private static final String OCTETS = "application/octet-stream";
    private static final int QUERY_CONNECTIONS_MAX = 32;
    // What is given up may still be closing when the next begins.
    private static final int SNAPSHOT_CONNECTIONS_MAX = 4;
    private static final int FOR_EVER = 0;
    // Below what servers commonly keep an idle connection for (Node.js: 5 s), else the next call may meet a closed one.
    private static final int KEEP_ALIVE_SECONDS = 4;

    private final Vertx vertx;
    private final AppOptions options;
    private final String host;
    private final int port;
    private final String path;
    private final HttpClient deliveries;
    private final HttpClient roles;
    private final HttpClient queries;
    private final HttpClient snapshotsFrom;
    private final HttpClient snapshotsTo;
    private boolean endAnnounced;

    /** @param connectionLost told when delivery's connection has ended, unless the application had announced it */
    AppClient(Vertx vertx, AppOptions options, Runnable connectionLost) {
        this.vertx = vertx;
        this.options = options;
        URI base = options.baseUri();
        this.host = base.getHost().replaceAll("^\\[|]$", "");
        this.port = base.getPort() == -1 ? 80 : base.getPort();
        this.path = base.getRawPath().replaceAll("/+$", "") + "/outrigger/v1/";
        this.deliveries = client(1, FOR_EVER)
                .withConnectHandler(connection -> {
                    endAnnounced = false;
                    connection.closeHandler(closed -> {
                        if (!endAnnounced) {
                            connectionLost.run();
                        }
                    });
                })
                .build();
        this.roles = client(1, KEEP_ALIVE_SECONDS).build();
        this.queries = client(QUERY_CONNECTIONS_MAX, KEEP_ALIVE_SECONDS).build();
        PoolOptions each = new PoolOptions().setHttp1MaxSize(SNAPSHOT_CONNECTIONS_MAX);
        this.snapshotsFrom = vertx.createHttpClient(options().setKeepAlive(false), each);
        // A connection that is given up is closed once all that was written is with the kernel, so with an application
        // that reads nothing it never would be.
        int lingerMillis = 2 * (int) options.limits().callTimeout().toMillis();
        this.snapshotsTo = vertx.createHttpClient(
                options()
                        .setKeepAlive(false)
                        .setWriteIdleTimeout(lingerMillis)
                        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS),
                each);
    }

    private HttpClientBuilder client(int connectionsMax, int keepAliveSeconds) {
        HttpClientOptions http = options().setKeepAliveTimeout(keepAliveSeconds);
        PoolOptions pool = new PoolOptions()
                .setHttp1MaxSize(connectionsMax)
                .setMaxWaitQueueSize(options.limits().queriesInFlightMax());
        return vertx.httpClientBuilder().with(http).with(pool);
    }

    private HttpClientOptions options() {
        return new HttpClientOptions()
                .setConnectTimeout((int) options.limits().callTimeout().toMillis())
                .setMaxChunkSize(64 << 10);
    }

    Future<AppInfo> info() {
        return call(deliveries, HttpMethod.GET, "info", JSON, Buffer.buffer())
                .onSuccess(reply -> endAnnounced = reply.last())
                .map(reply -> AppJson.readInfo(reply.bodyOf200()));
    }

    Future<AppReply> apply(String contentType, Buffer body) {
        return call(deliveries, HttpMethod.POST, "apply", contentType, body)
                .onSuccess(reply -> endAnnounced = reply.last());
    }

    /** A stream of batches on a connection of its own, which its owner has to open and to close. */
    AppStream stream(AppStream.Owner owner) {
        HttpClient own = vertx.createHttpClient(options().setKeepAlive(false));
        return new AppStream(vertx, own, options.limits(), owner);
    }

    void open(AppStream stream) {
        stream.open(request(HttpMethod.POST, "apply/stream")
                .putHeader("Content-Type", AppFrames.MEDIA_TYPE)
                .putHeader("Accept", AppFrames.MEDIA_TYPE));
    }

    Future<AppReply> role(Buffer body) {
        return call(roles, HttpMethod.POST, "role", JSON, body);
    }

    Future<Payload> query(Payload query) {
        return call(queries, HttpMethod.POST, "query", OCTETS, Buffer.buffer(query.array()))
                .map(reply -> Payload.of(reply.bodyOf200().getBytes()));
    }

    /** Streams the application's state into {@code sink}; {@code inspection} has a say before anything is stored. */
    SnapshotDownload getSnapshot(
            SnapshotSink sink, SnapshotDownload.Inspection inspection, SnapshotDownload.SessionsSource sessions) {
        return SnapshotDownload.start(
                vertx,
                snapshotsFrom.request(request(HttpMethod.GET, "snapshot")),
                sink,
                inspection,
                sessions,
                options.limits().callTimeout());
    }

    /** Streams {@code snapshot} to the application, which tells {@code progress} how many bytes it has. */
    SnapshotUpload putSnapshot(RestorableSnapshot snapshot, LongConsumer progress) {
        RequestOptions request = request(HttpMethod.PUT, "snapshot")
                .putHeader("Content-Type", OCTETS)
                .putHeader("Outrigger-Index", Long.toString(snapshot.index()))
                .putHeader("Outrigger-Term", Long.toString(snapshot.term()))
                .putHeader("Outrigger-Epoch", Long.toString(options.bootEpoch()));
        if (!snapshot.format().isEmpty()) {
            request.putHeader("Outrigger-Format", snapshot.format());
        }
        return SnapshotUpload.start(
                vertx,
                snapshot,
                () -> snapshotsTo.request(request),
                options.limits().callTimeout(),
                progress);
    }

    private Future<AppReply> call(HttpClient client, HttpMethod method, String name, String contentType, Buffer body) {
        RequestOptions request = request(method, name);
        if (method == HttpMethod.POST) {
            request.putHeader("Content-Type", contentType);
        }
        return AppCall.start(
                vertx,
                client,
                request,
                body,
                options.limits().callTimeout(),
                options.limits().responseBytesMax());
    }

    private RequestOptions request(HttpMethod method, String name) {
        RequestOptions request = new RequestOptions()
                .setMethod(method)
                .setHost(host)
                .setPort(port)
                .setURI(path + name)
                .setFollowRedirects(false)
                .putHeader("Outrigger-Cluster", options.clusterName());
        options.bearerToken().ifPresent(token -> request.putHeader("Authorization", "Bearer " + token));
        return request;
    }

    Future<Void> close() {
        return Future.join(
                        deliveries.close(), roles.close(), queries.close(), snapshotsFrom.close(), snapshotsTo.close())
                .mapEmpty();
    }
}
