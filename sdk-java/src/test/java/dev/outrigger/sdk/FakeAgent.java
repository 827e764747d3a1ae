package dev.outrigger.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * An agent that answers as its script says, and remembers what it was asked. Sessions it opens and ends by itself, called
 * s1, s2, …, unless it is told otherwise; its script and requests are about the rest.
 */
final class FakeAgent implements AutoCloseable {
    static final Response NONE = new Response(0, "");

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final List<Request> sessionRequests = new CopyOnWriteArrayList<>();
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong index = new AtomicLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile boolean speaksFrames;
    private volatile Script script = this::applyAll;
    private volatile Script sessionScript = this::openOrEnd;

    interface Script {
        Response answer(Request request) throws Exception;
    }

    record Request(String method, String target, Headers headers, byte[] body) {
        String text() {
            return new String(body, UTF_8);
        }

        /** The commands of a batch. */
        List<String> commands() {
            return batch().stream().map(Sent::command).toList();
        }

        /** The commands of a batch, with session and number. */
        List<Sent> batch() {
            List<Sent> batch = new ArrayList<>();
            JsonReader in = new JsonReader(body);
            in.object(name -> in.array(() -> batch.add(Sent.read(in))));
            in.end();
            return batch;
        }
    }

    /** One command of a batch; without a session it has none and 0. */
    record Sent(String command, String session, long sequence) {
        static Sent read(JsonReader in) {
            String[] texts = {"", ""};
            long[] sequence = {0};
            in.object(field -> {
                switch (field) {
                    case "data" -> texts[0] = new String(in.base64(), UTF_8);
                    case "session" -> texts[1] = in.string();
                    case "sequence" -> sequence[0] = in.integer(1, Long.MAX_VALUE);
                    default -> throw in.malformed("a command has no field " + field);
                }
            });
            return new Sent(texts[0], texts[1], sequence[0]);
        }

        @Override
        public String toString() {
            return command + " " + session + "/" + sequence;
        }
    }

    /** Status 0 cuts the connection instead of answering. */
    record Response(int status, String body) {}

    FakeAgent() {
        this(0);
    }

    FakeAgent(int port) {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Takes commands in binary from now on; bodies of answers to them are bytes, one character each. */
    FakeAgent speaksFrames() {
        speaksFrames = true;
        return this;
    }

    FakeAgent script(Script next) {
        script = next;
        return this;
    }

    FakeAgent sessionScript(Script next) {
        sessionScript = next;
        return this;
    }

    Response openOrEnd(Request request) {
        return request.method().equals("DELETE")
                ? new Response(204, "")
                : new Response(201, "{\"session\":\"s" + sessions.incrementAndGet() + "\"}");
    }

    /** Each command with its session and number, as {@code a s1/1}. */
    List<String> sent() {
        return requests.stream()
                .flatMap(request -> request.batch().stream())
                .map(Sent::toString)
                .toList();
    }

    List<String> commandsSeen() {
        return requests.stream().flatMap(request -> request.commands().stream()).collect(Collectors.toList());
    }

    /** Answers each command with itself, at the next index. */
    Response applyAll(Request request) {
        return results(request.commands().stream().map(this::applied).toArray(String[]::new));
    }

    String applied(String command) {
        JsonWriter out = new JsonWriter(64).object().name("index").value(index.incrementAndGet());
        out.name("term").value(5).name("code").value(0).name("data").base64(command.getBytes(UTF_8));
        return new String(out.endObject().toBytes(), UTF_8);
    }

    static Response results(String... results) {
        return new Response(200, "{\"results\":[" + String.join(",", results) + "]}");
    }

    static String problem(int status, String code, String outcome, String more) {
        return "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":" + status + ",\"code\":\"" + code
                + "\",\"detail\":\"as scripted\",\"outcome\":\"" + outcome + "\",\"leader\":null" + more + "}";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody().readAllBytes());
            boolean framed = Frames.areIn(exchange);
            if (framed && !speaksFrames) {
                exchange.sendResponseHeaders(415, -1);
                return;
            }
            boolean session = request.target().startsWith("/v1/sessions");
            (session ? sessionRequests : requests).add(request);
            Response response = (session ? sessionScript : script).answer(request);
            if (response.status() != 0) {
                byte[] body = response.body().getBytes(framed ? ISO_8859_1 : UTF_8);
                exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
