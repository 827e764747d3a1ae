package dev.outrigger.sdk;

import java.util.Optional;

/**
 * Where and how {@link AppServer} listens.
 *
 * @param host address to listen on, {@code 127.0.0.1} by default: only the agent beside the application may reach it
 * @param port port to listen on, 7410 by default; 0 takes a free one
 * @param token when given, every call must carry it as bearer token; the agent sends the one of its own settings
 * @param bodyBytesMax larger request bodies are refused; 64 MiB by default
 * @param threads how many calls are handled at once, 8 by default; deliveries go one at a time whatever it is
 */
public record AppOptions(String host, int port, Optional<String> token, int bodyBytesMax, int threads) {
    public AppOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is from 0 to 65535, not " + port);
        }
        if (bodyBytesMax < 1 || bodyBytesMax == Integer.MAX_VALUE || threads < 2) {
            throw new IllegalArgumentException("bodyBytesMax must be at least 1 and threads at least 2");
        }
    }

    public static AppOptions defaults() {
        return new AppOptions("127.0.0.1", 7410, Optional.empty(), 64 << 20, 8);
    }

    public AppOptions withHost(String host) {
        return new AppOptions(host, port, token, bodyBytesMax, threads);
    }

    public AppOptions withPort(int port) {
        return new AppOptions(host, port, token, bodyBytesMax, threads);
    }

    public AppOptions withToken(String token) {
        return new AppOptions(host, port, Optional.of(token), bodyBytesMax, threads);
    }

    public AppOptions withBodyBytesMax(int bodyBytesMax) {
        return new AppOptions(host, port, token, bodyBytesMax, threads);
    }

    public AppOptions withThreads(int threads) {
        return new AppOptions(host, port, token, bodyBytesMax, threads);
    }
}
