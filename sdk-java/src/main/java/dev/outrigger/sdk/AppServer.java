package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Serves a {@link StateMachine} to the agent beside the application, over HTTP on loopback. Ignores commands that are
 * applied already, takes none out of order, and says so to an agent that is out of step, which then delivers from the
 * right place. Safe for many threads.
 */
public final class AppServer implements AutoCloseable {
    private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(1);
    private static final int WAITING_CALLS_MAX = 256;
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    static {
        // Without it the server of JDK 17 answers each small delivery after 44 ms (delayed acknowledgements). It is
        // read
        // once, at the first use of the server in this process.
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
    }

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Applier applier;
    private final Leaderships leaderships;
    private final AppEndpoint endpoint;

    private AppServer(HttpServer server, StateMachine machine, AppOptions options) {
        this.server = server;
        Epochs epochs = new Epochs();
        applier = new Applier(machine, epochs);
        leaderships = new Leaderships();
        threads = new ThreadPoolExecutor(
                options.threads(),
                options.threads(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_CALLS_MAX),
                new DaemonThreads("outrigger-app"));
        server.setExecutor(threads);
        endpoint = new AppEndpoint(machine, applier, epochs, leaderships, options);
        server.createContext("/", endpoint);
        server.start();
    }

    /** Serves on 127.0.0.1:7410. */
    public static AppServer start(StateMachine machine) throws IOException {
        return start(machine, AppOptions.defaults());
    }

    /**
     * Serves until {@link #close}.
     *
     * @throws IOException when the address cannot be bound
     */
    public static AppServer start(StateMachine machine, AppOptions options) throws IOException {
        HttpServer server = bind(options);
        try {
            return new AppServer(server, machine, options);
        } catch (RuntimeException e) {
            server.stop(0);
            throw e;
        }
    }

    private static HttpServer bind(AppOptions options) throws IOException {
        try {
            return HttpServer.create(new InetSocketAddress(options.host(), options.port()), 0);
        } catch (BindException e) {
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Where the state stands. Does not wait for a delivery under way. */
    public Position applied() {
        return applier.applied();
    }

    /**
     * Reads the state between two commands, on the calling thread; waits for the command that is being applied. The
     * answer may be stale: {@link Outrigger#read} around it makes it linearizable.
     */
    public <T> T read(Supplier<T> query) {
        return applier.read(query);
    }

    /**
     * Calls {@code listener} with what the agent says about leadership: the latest at once when there is one, and each
     * change from then on, in order, on a thread of this server. A listener must be quick: the next push waits for it.
     */
    public void leadership(Consumer<Leadership> listener) {
        leaderships.listen(listener);
    }

    /** Stops listening; a command that is being applied is finished, its answer may be lost. */
    @Override
    public void close() {
        endpoint.close(CLOSE_AT_MOST);
        server.stop(0);
        threads.shutdown();
    }
}
