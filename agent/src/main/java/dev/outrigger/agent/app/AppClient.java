package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;

/**
 * The application's HTTP interface. Delivery, control calls and queries have connections of their own, so that none of
 * them ever waits for another. Futures complete on the calling event loop and fail with {@link AppFailure} only.
 */
final class AppClient {
    private static final String JSON = "application/json";
    private static final String OCTETS = "application/octet-stream";
    private static final int QUERY_CONNECTIONS_MAX = 32;
    // Below what servers commonly keep an idle connection for (Node.js: 5 s), else the next call may meet a closed one.
    private static final int KEEP_ALIVE_SECONDS = 4;

    private final Vertx vertx;
    private final AppOptions options;
    private final String host;
    private final int port;
    private final String path;
    private final HttpClient deliveries;
    private final HttpClient control;
    private final HttpClient queries;

    AppClient(Vertx vertx, AppOptions options) {
        this.vertx = vertx;
        this.options = options;
        URI base = options.baseUri();
        this.host = base.getHost().replaceAll("^\\[|]$", "");
        this.port = base.getPort() == -1 ? 80 : base.getPort();
        this.path = base.getRawPath().replaceAll("/+$", "") + "/outrigger/v1/";
        this.deliveries = client(1);
        // One for the hand-shake, one for role pushes.
        this.control = client(2);
        this.queries = client(QUERY_CONNECTIONS_MAX);
    }

    private HttpClient client(int connectionsMax) {
        HttpClientOptions http = new HttpClientOptions()
                .setConnectTimeout((int) options.limits().callTimeout().toMillis())
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setMaxChunkSize(64 << 10);
        return vertx.createHttpClient(
                http,
                new PoolOptions()
                        .setHttp1MaxSize(connectionsMax)
                        .setMaxWaitQueueSize(options.limits().queriesInFlightMax()));
    }

    Future<AppInfo> info() {
        return call(control, HttpMethod.GET, "info", JSON, Buffer.buffer())
                .map(reply -> AppJson.readInfo(reply.bodyOf200()));
    }

    Future<AppReply> apply(Buffer body) {
        return call(deliveries, HttpMethod.POST, "apply", JSON, body);
    }

    Future<AppReply> role(Buffer body) {
        return call(control, HttpMethod.POST, "role", JSON, body);
    }

    Future<Payload> query(Payload query) {
        return call(queries, HttpMethod.POST, "query", OCTETS, Buffer.buffer(query.array()))
                .map(reply -> Payload.of(reply.bodyOf200().getBytes()));
    }

    private Future<AppReply> call(HttpClient client, HttpMethod method, String name, String contentType, Buffer body) {
        RequestOptions request = new RequestOptions()
                .setMethod(method)
                .setHost(host)
                .setPort(port)
                .setURI(path + name)
                .setFollowRedirects(false)
                .putHeader("Outrigger-Cluster", options.clusterName());
        if (method == HttpMethod.POST) {
            request.putHeader("Content-Type", contentType);
        }
        options.bearerToken().ifPresent(token -> request.putHeader("Authorization", "Bearer " + token));
        return AppCall.start(
                vertx,
                client,
                request,
                body,
                options.limits().callTimeout(),
                options.limits().responseBytesMax());
    }

    Future<Void> close() {
        return Future.join(deliveries.close(), control.close(), queries.close()).mapEmpty();
    }
}
