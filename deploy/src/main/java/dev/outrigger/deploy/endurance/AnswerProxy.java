package dev.outrigger.deploy.endurance;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Understands deliveries, and so can answer them wrongly. Tells the agent that the application reads JSON and nothing else,
 * since it could not look into frames. Snapshots are passed on as they come.
 */
final class AnswerProxy implements AppProxy {
    private static final String ROOT = "/outrigger/v1/";
    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Pattern ENCODINGS = Pattern.compile("\"encodings\":\\[[^\\]]*\\]");
    private static final Pattern APPLIED = Pattern.compile("\"applied\":(\\d+)");
    /** Those that belong to a connection, not to what is said on it. */
    private static final Set<String> HOP_HEADERS =
            Set.of("host", "connection", "content-length", "transfer-encoding", "date", "expect", "upgrade");

    static {
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(AnswerProxy::daemon);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .build();
    private final URI target;
    private final ArmedFaults armed;

    /**
     * @param port where it listens on loopback; 0 for any
     * @param target the application's port
     */
    AnswerProxy(int port, int target, FaultCounts counts) {
        this.target = URI.create("http://127.0.0.1:" + target);
        this.armed = new ArmedFaults(counts);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "answer-proxy");
        thread.setDaemon(true);
        return thread;
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void arm(Fault fault) {
        armed.arm(fault);
    }

    @Override
    public int waiting() {
        return armed.waiting();
    }

    @Override
    public void heal() {
        armed.clear();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** An exception closes the connection without an answer, or within one: so does an application that is away. */
    private void handle(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case ROOT + "apply" -> deliver(exchange);
            case ROOT + "info" -> info(exchange);
            default -> pass(exchange);
        }
    }

    private void info(HttpExchange exchange) throws IOException {
        HttpResponse<byte[]> answer = ask(exchange, exchange.getRequestBody().readAllBytes());
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        String jsonOnly = ENCODINGS.matcher(text).replaceFirst("\"encodings\":[\"json\"]");
        send(exchange, answer, jsonOnly.getBytes(StandardCharsets.UTF_8));
    }

    private void deliver(HttpExchange exchange) throws IOException {
        byte[] delivery = exchange.getRequestBody().readAllBytes();
        if (armed.take(Fault.ERROR_BEFORE)) {
            refuse(exchange);
            return;
        }
        HttpResponse<byte[]> answer = ask(exchange, delivery);
        if (answer.statusCode() != 200) {
            send(exchange, answer, answer.body());
        } else if (armed.take(Fault.ERROR_AFTER)) {
            refuse(exchange);
        } else if (armed.take(Fault.WRONG_INDEX)) {
            send(exchange, answer, withAnotherIndex(answer.body()));
        } else if (armed.take(Fault.HALF_AN_ANSWER)) {
            exchange.sendResponseHeaders(200, answer.body().length);
            exchange.getResponseBody().write(Arrays.copyOf(answer.body(), answer.body().length / 2));
            throw new IOException("half of the answer is not sent");
        } else if (armed.take(Fault.DELIVERED_TWICE)) {
            HttpResponse<byte[]> again = ask(exchange, delivery);
            send(exchange, again, again.body());
        } else {
            send(exchange, answer, answer.body());
        }
    }

    private static void refuse(HttpExchange exchange) throws IOException {
        byte[] body = "{\"title\":\"The application failed\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(500, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static byte[] withAnotherIndex(byte[] answer) {
        return APPLIED.matcher(new String(answer, StandardCharsets.UTF_8))
                .replaceFirst(applied -> "\"applied\":" + (Long.parseLong(applied.group(1)) + 1))
                .getBytes(StandardCharsets.UTF_8);
    }

    // ---- as it is ----

    private void pass(HttpExchange exchange) throws IOException {
        boolean hasBody = !exchange.getRequestMethod().equals("GET");
        HttpResponse<InputStream> answer = ask(
                exchange,
                hasBody ? BodyPublishers.ofInputStream(exchange::getRequestBody) : BodyPublishers.noBody(),
                HttpResponse.BodyHandlers.ofInputStream());
        head(exchange.getResponseHeaders(), answer);
        boolean empty = answer.statusCode() == 204;
        exchange.sendResponseHeaders(answer.statusCode(), empty ? -1 : 0);
        try (InputStream in = answer.body()) {
            if (!empty) {
                OutputStream out = exchange.getResponseBody();
                in.transferTo(out);
                out.flush();
            }
        }
        exchange.close();
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange, byte[] body) throws IOException {
        return ask(exchange, BodyPublishers.ofByteArray(body), HttpResponse.BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> ask(HttpExchange exchange, BodyPublisher body, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
                .timeout(ANSWER_MAX)
                .method(exchange.getRequestMethod(), lengthKept(exchange, body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return client.send(request.build(), handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A body without its length could end early unnoticed. */
    private static BodyPublisher lengthKept(HttpExchange exchange, BodyPublisher body) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length == null || length.equals("0") || body.contentLength() >= 0
                ? body
                : BodyPublishers.fromPublisher(body, Long.parseLong(length));
    }

    private static void send(HttpExchange exchange, HttpResponse<?> answer, byte[] body) throws IOException {
        head(exchange.getResponseHeaders(), answer);
        exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private static void head(Headers to, HttpResponse<?> answer) {
        answer.headers().map().forEach((name, values) -> {
            if (!HOP_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> to.add(name, value));
            }
        });
    }
}
