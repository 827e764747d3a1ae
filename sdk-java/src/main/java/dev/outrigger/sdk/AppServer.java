package dev.outrigger.sdk;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
    private static final Logger LOG = System.getLogger(AppServer.class.getName());
    private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(5);
    private static final Duration RESTART_LEADER_TASK_AFTER = Duration.ofSeconds(1);
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
    private final Gate gate;
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
        gate = new Gate(endpoint);
        server.createContext("/", gate);
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
     * change from then on, in order, on a thread of this server. Between two terms in which this instance leads, and when
     * this server is closed, it always hears that the first is over. When the agent dies nobody says so: only the term as
     * fencing token protects what must happen once. A listener must be quick: the next push waits for it.
     */
    public void leadership(Consumer<Leadership> listener) {
        leaderships.listen(listener);
    }

    /**
     * Runs {@code task} while this instance leads, with the term as fencing token, and interrupts it when it does not any
     * more, or when this server is closed.
     */
    public LeaderWork whileLeading(LeaderTask task) {
        LeaderWork work = new LeaderWork(task, RESTART_LEADER_TASK_AFTER);
        leadership(work::accept);
        return work;
    }

    /** {@link #close(Duration)} with 5 seconds. */
    @Override
    public void close() {
        close(CLOSE_AT_MOST);
    }

    /**
     * Stops gracefully: ends leadership as the listeners see it, refuses new calls, lets the calls under way have their
     * answers, and stops listening when the last one has it, when {@code atMost} is over or when interrupted. What is
     * applied by then and not answered is no harm: the agent asks where the state stands before it delivers again. The
     * agent goes on without its application; close the {@link Outrigger} first, its commands are applied here.
     */
    public void close(Duration atMost) {
        long endNanos = System.nanoTime() + atMost.toNanos();
        leaderships.resign();
        endpoint.close(atMost);
        try {
            if (!gate.close(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime())))) {
                LOG.log(
                        Level.WARNING,
                        "Calls of the agent are still under way after " + atMost + "; stops without them");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        threads.shutdown();
    }
}
