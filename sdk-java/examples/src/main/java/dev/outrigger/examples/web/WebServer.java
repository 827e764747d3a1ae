package dev.outrigger.examples.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A small web server on the JDK's own: bounded threads, guarded against other sites, strict about what pages may load. */
public final class WebServer implements AutoCloseable {
    /** Requests handled at once; further ones wait. */
    public static final int THREADS = 48;

    private static final int WAITING_MAX = 256;
    private static final String CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final BrowserGuard guard;
    private final WebHandler handler;

    private WebServer(HttpServer server, WebHandler handler) {
        this.server = server;
        this.handler = handler;
        guard = new BrowserGuard(server.getAddress().getAddress().isLoopbackAddress());
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, "web");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Serves until {@link #close}; port 0 takes a free one. */
    public static WebServer start(String host, int port, WebHandler handler) throws IOException {
        try {
            return new WebServer(HttpServer.create(new InetSocketAddress(host, port), 0), handler);
        } catch (BindException e) {
            throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            WebRequest request = new WebRequest(exchange);
            Optional<String> refusal = guard.refusal(request);
            send(exchange, refusal.isPresent() ? WebAnswer.text(403, refusal.get()) : handler.handle(request));
        }
    }

    private static void send(HttpExchange exchange, WebAnswer answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", CONTENT_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        // Not no-referrer: with that browsers post our own form with the origin "null".
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
        answer.headers().forEach(headers::set);
        exchange.sendResponseHeaders(answer.status(), answer.lengthBytes());
        answer.body().writeTo(exchange.getResponseBody());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
