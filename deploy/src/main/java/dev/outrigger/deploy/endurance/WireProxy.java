package dev.outrigger.deploy.endurance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes bytes on without understanding them, so it goes with every form in which agent and application talk. What it knows
 * of an answer: it begins with the first bytes that come back after something was asked.
 *
 * <p>It spoils answers only at their beginning. Bytes altered further on could be part of a snapshot or of a result, which
 * nobody could tell from the real ones: that would be another application, not a broken connection.
 */
final class WireProxy implements AppProxy {
    /** Questions about the application's health are shorter: most faults are to hit deliveries. */
    static final int REQUEST_BYTES_MIN = 300;

    /** No status line, no chunk and no frame begins like this. */
    private static final byte[] GARBAGE =
            "\0\0 not what was asked for \377\377\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final int CONNECT_MAX_MILLIS = 2000;
    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ServerSocket listener;
    private final int target;
    private final ArmedFaults armed;
    private final Duration stall;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private volatile long slowUntilNanos = System.nanoTime();

    /**
     * @param port where it listens on loopback; 0 for any
     * @param target the application's port
     * @param stall how long an answer is held back by {@link Fault#STALLED}
     */
    WireProxy(int port, int target, FaultCounts counts, Duration stall) {
        this.target = target;
        this.armed = new ArmedFaults(counts);
        this.stall = stall;
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Background.start("wire-proxy", this::accept);
    }

    int port() {
        return listener.getLocalPort();
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
        slowUntilNanos = System.nanoTime();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        links.forEach(Link::end);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // Closed, or the agent was gone before it was accepted.
            }
        }
    }

    private void connect(Socket agent) {
        Socket app = new Socket();
        Link link = new Link(agent, app);
        links.add(link);
        Background.start("wire-proxy-link", () -> {
            try {
                agent.setTcpNoDelay(true);
                app.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MAX_MILLIS);
                app.setTcpNoDelay(true);
                Background.start("wire-proxy-answers", link::passAnswers);
                link.passRequests();
            } catch (IOException e) {
                link.reset();
            }
        });
    }

    /** One connection. */
    private final class Link {
        private final Socket agent;
        private final Socket app;
        private final AtomicInteger asked = new AtomicInteger();

        Link(Socket agent, Socket app) {
            this.agent = agent;
            this.app = app;
        }

        void passRequests() {
            pass(agent, app, request -> {
                if (asked.addAndGet(request.length) >= REQUEST_BYTES_MIN && armed.take(Fault.RESET_BEFORE)) {
                    reset();
                    return false;
                }
                app.getOutputStream().write(request);
                return true;
            });
        }

        void passAnswers() {
            pass(app, agent, answer -> {
                return (asked.getAndSet(0) < REQUEST_BYTES_MIN || passBeginning(answer)) && passSlowly(answer);
            });
        }

        /** False when the connection is over. */
        private boolean passBeginning(byte[] answer) throws IOException {
            if (armed.take(Fault.RESET_AFTER)) {
                reset();
                return false;
            }
            if (armed.take(Fault.GARBAGE)) {
                agent.getOutputStream().write(GARBAGE);
                return false;
            }
            if (armed.take(Fault.HALF_AN_ANSWER)) {
                agent.getOutputStream().write(Arrays.copyOf(answer, answer.length / 2));
                return false;
            }
            if (armed.take(Fault.STALLED)) {
                LockSupport.parkNanos(stall.toNanos());
            }
            if (armed.take(Fault.SLOW)) {
                slowUntilNanos = System.nanoTime() + SLOW_NANOS;
            }
            return true;
        }

        private boolean passSlowly(byte[] answer) throws IOException {
            if (slowUntilNanos - System.nanoTime() > 0) {
                LockSupport.parkNanos(DELAY_NANOS);
            }
            agent.getOutputStream().write(answer);
            return true;
        }

        private void pass(Socket from, Socket to, Step step) {
            byte[] buffer = new byte[64 << 10];
            try {
                InputStream in = from.getInputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (!step.pass(Arrays.copyOf(buffer, count))) {
                        break;
                    }
                }
                endOf(to);
            } catch (IOException e) {
                // The other direction ends with it.
            }
            end();
        }

        private static void endOf(Socket to) throws IOException {
            if (!to.isClosed()) {
                OutputStream out = to.getOutputStream();
                out.flush();
                to.shutdownOutput();
            }
        }

        /** What the agent sees is a reset, not an end. */
        void reset() {
            try {
                agent.setSoLinger(true, 0);
            } catch (IOException e) {
                // Closed already.
            }
            end();
        }

        void end() {
            links.remove(this);
            for (Socket socket : new Socket[] {agent, app}) {
                try {
                    socket.close();
                } catch (IOException e) {
                    // Nothing is left to be done for it.
                }
            }
        }
    }

    private interface Step {
        boolean pass(byte[] bytes) throws IOException;
    }
}
