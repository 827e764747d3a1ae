package dev.outrigger.agent.cli.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The calls of the app protocol, with the agent's own patience. A call that gets no answer is a {@link Deviation}. */
final class App {
    /** As long as an agent waits. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String CLUSTER = "conformance";

    private final URI root;
    private final Optional<String> token;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private String cluster = CLUSTER;

    App(URI app, Optional<String> token) {
        this.root = URI.create(app.toString().replaceAll("/+$", "") + "/outrigger/v1/");
        this.token = token;
    }

    /** The cluster that the application says it belongs to. */
    void belongsTo(String name) {
        cluster = name;
    }

    Answer get(String call) {
        return await(send(request(call).GET()));
    }

    Answer postJson(String call, byte[] body) {
        return await(postJsonAsync(call, body));
    }

    CompletableFuture<Answer> postJsonAsync(String call, byte[] body) {
        return send(request(call).header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body)));
    }

    Answer query(byte[] body) {
        return await(queryAsync(body));
    }

    CompletableFuture<Answer> queryAsync(byte[] body) {
        return send(request("query")
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(body)));
    }

    Answer putSnapshot(byte[] body, Map<String, String> headers) {
        HttpRequest.Builder request = request("snapshot").PUT(sized(body));
        headers.forEach(request::header);
        return await(send(request));
    }

    /** Sends the first half of the snapshot that it has announced, then nothing more. */
    void breakOffSnapshot(byte[] body, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Host", root.getAuthority());
        all.put("Content-Length", Integer.toString(body.length));
        all.put("Content-Type", "application/octet-stream");
        all.put("Outrigger-Cluster", cluster);
        token.ifPresent(secret -> all.put("Authorization", "Bearer " + secret));
        StringBuilder head = new StringBuilder("PUT " + root.getPath() + "snapshot HTTP/1.1\r\n");
        all.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(root.getHost(), root.getPort() < 0 ? 80 : root.getPort()));
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            out.write(body, 0, body.length / 2);
            out.flush();
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes(); // until it has noticed
        } catch (IOException e) {
            // It may answer or hang up as it likes; what counts is where it stands afterwards.
        }
    }

    private HttpRequest.Builder request(String call) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(root.resolve(call)).timeout(TIMEOUT).header("Outrigger-Cluster", cluster);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private static BodyPublisher sized(byte[] body) {
        return body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    }

    private CompletableFuture<Answer> send(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), BodyHandlers.ofByteArray()).thenApply(App::answer);
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    static Answer await(CompletableFuture<Answer> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof ConnectException
                    ? new Unreachable()
                    : new Deviation("no whole answer: " + cause);
        }
    }

    /** Nobody listens, or not any more. */
    static final class Unreachable extends Deviation {
        private static final long serialVersionUID = 1L;

        Unreachable() {
            super("no connection: nothing listens there (any more)");
        }
    }
}
