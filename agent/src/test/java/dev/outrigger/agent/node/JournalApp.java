package dev.outrigger.agent.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** An application that writes down what it is told, in order; its answer to a command is the command, reversed. */
final class JournalApp implements AutoCloseable {
    private final HttpServer server;
    private final List<String> journal = new ArrayList<>();
    private UnaryOperator<String> answers =
            text -> new StringBuilder(text).reverse().toString();
    private Predicate<String> poison = text -> false;
    private CountDownLatch hung = new CountDownLatch(0);
    private final List<String> roles = new CopyOnWriteArrayList<>();
    private long index;
    private long term;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** @param port 0 for any */
    JournalApp(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/outrigger/v1/info", this::info);
        server.createContext("/outrigger/v1/apply", this::apply);
        server.createContext("/outrigger/v1/role", this::role);
        server.createContext("/outrigger/v1/query", this::query);
        server.createContext("/outrigger/v1/snapshot", this::snapshot);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    synchronized List<String> journal() {
        return List.copyOf(journal);
    }

    /** From now on it answers a command with what this makes of it. */
    synchronized void answersWith(UnaryOperator<String> answer) {
        answers = answer;
    }

    /** From now on it fails at these commands. */
    synchronized void cannotApply(Predicate<String> command) {
        poison = command;
    }

    /** It accepts calls, and answers none until {@link #wakeUp}. */
    synchronized void hang() {
        hung = new CountDownLatch(1);
    }

    synchronized void wakeUp() {
        hung.countDown();
    }

    /** What it was told of who leads: {@code role@term}. */
    List<String> roles() {
        return roles;
    }

    /** Its state is gone, as after a restart. */
    synchronized void forget() {
        journal.clear();
        index = 0;
        term = 0;
    }

    @Override
    public void close() {
        wakeUp();
        server.stop(0);
    }

    private void role(HttpExchange exchange) throws IOException {
        JsonObject role = new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        roles.add(role.getString("role") + "@" + role.getLong("term"));
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private void mayHang() {
        CountDownLatch latch;
        synchronized (this) {
            latch = hung;
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void info(HttpExchange exchange) throws IOException {
        mayHang();
        tellPosition(exchange);
    }

    private synchronized void tellPosition(HttpExchange exchange) throws IOException {
        JsonObject info = new JsonObject()
                .put("protocol", 1)
                .put("app", "journal")
                .put("version", "1")
                .putNull("cluster")
                .put("applied", new JsonObject().put("index", index).put("term", term))
                .put("encodings", new JsonArray().add("json"));
        answer(exchange, info.toString());
    }

    private void apply(HttpExchange exchange) throws IOException {
        mayHang();
        applyAll(exchange);
    }

    private synchronized void applyAll(HttpExchange exchange) throws IOException {
        JsonObject batch = new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        JsonArray results = new JsonArray();
        for (int i = 0; i < batch.getJsonArray("commands").size(); i++) {
            JsonObject command = batch.getJsonArray("commands").getJsonObject(i);
            String text = new String(Base64.getDecoder().decode(command.getString("data")), StandardCharsets.UTF_8);
            if (poison.test(text)) {
                exchange.sendResponseHeaders(500, 0);
                exchange.getResponseBody().write("cannot apply this".getBytes(StandardCharsets.UTF_8));
                exchange.close();
                return;
            }
            journal.add(text);
            index = command.getLong("index");
            term = command.getLong("term");
            String reversed = answers.apply(text);
            results.add(new JsonObject()
                    .put("code", 0)
                    .put("data", Base64.getEncoder().encodeToString(reversed.getBytes(StandardCharsets.UTF_8))));
        }
        answer(
                exchange,
                new JsonObject().put("applied", index).put("results", results).toString());
    }

    private synchronized void query(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        answer(exchange, String.join(",", journal));
    }

    private synchronized void snapshot(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            String state = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            journal.clear();
            journal.addAll(List.of(state.split(",")));
            index = Long.parseLong(exchange.getRequestHeaders().getFirst("Outrigger-Index"));
            term = Long.parseLong(exchange.getRequestHeaders().getFirst("Outrigger-Term"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        } else {
            exchange.getResponseHeaders().add("Outrigger-Index", Long.toString(index));
            exchange.getResponseHeaders().add("Outrigger-Term", Long.toString(term));
            exchange.getResponseHeaders().add("Outrigger-Format", "journal/1");
            answer(exchange, String.join(",", journal));
        }
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
