package dev.outrigger.agent.http;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A client API on a free port before a {@link FakeNode}, and a client for it. */
public final class ApiFixture implements AutoCloseable {
    public static final int COMMAND_BYTES_MAX = 64 << 10;

    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final FakeNode node;
    public final int port;

    private final Vertx vertx = Vertx.vertx();
    private final ClientApi api;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    public ApiFixture() {
        this(UnaryOperator.identity(), Optional.empty());
    }

    public ApiFixture(UnaryOperator<ApiOptions> limits, Optional<String> token) {
        node = new FakeNode(vertx.getOrCreateContext());
        ApiOptions options = ApiOptions.withDefaults(
                new ListenAddress("OUTRIGGER_API", "127.0.0.1", 0), token.map(BearerToken::new), COMMAND_BYTES_MAX);
        api = new ClientApi(vertx, node, limits.apply(options), meters);
        port = await(api.listen());
    }

    public HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public HttpResponse<byte[]> get(String path, String... headers) throws IOException {
        return send("GET", path, new byte[0], headers);
    }

    public HttpResponse<byte[]> post(String path, byte[] body, String... headers) throws IOException {
        return send("POST", path, body, headers);
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.await(10, SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("nothing within 10 s", e);
        }
    }

    /** Waits until it is so. */
    public static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come true within 10 s");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        await(api.close(Duration.ZERO));
        await(vertx.close());
    }
}
