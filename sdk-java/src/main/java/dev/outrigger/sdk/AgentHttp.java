package dev.outrigger.sdk;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to the agent: blocking, one attempt, on connections that are kept, as many as there are threads that send. Safe for
 * many threads.
 */
final class AgentHttp implements AutoCloseable {
    private static final Duration ANSWER_GRACE = Duration.ofSeconds(1);

    private final URI agent;
    private final String commonFields;
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    AgentHttp(URI agent, Optional<String> token) {
        this.agent = agent;
        String host = agent.getPort() < 0 ? agent.getHost() : agent.getHost() + ":" + agent.getPort();
        commonFields = "Host: " + host + "\r\n"
                + token.map(secret -> "Authorization: Bearer " + secret + "\r\n")
                        .orElse("");
    }

    /** In seconds, with decimals: the agent's own word on a command then comes just before the caller's deadline. */
    static String seconds(Duration wait) {
        return BigDecimal.valueOf(Math.max(1, wait.toMillis()), 3).toPlainString();
    }

    /**
     * Sends a request and waits for the answer, for as long as the request says and a little more.
     *
     * @throws NotSentException when the agent cannot have seen it
     * @throws IOException when there is no answer; what became of the request is not known
     */
    AgentAnswer send(AgentRequest request) throws IOException {
        String head = head(request);
        long endNanos =
                System.nanoTime() + request.waitAtMost().plus(ANSWER_GRACE).toNanos();
        HttpConnection connection = connection();
        boolean answered = false;
        try {
            AgentAnswer answer = connection.exchange(head, request.body(), endNanos);
            answered = true;
            return answer;
        } catch (IOException e) {
            throw System.nanoTime() - endNanos < 0 ? e : new IOException("no answer in time", e);
        } finally {
            if (answered && !closed) {
                idle.push(connection);
            } else {
                drop(connection);
            }
        }
    }

    /** To be called every few milliseconds: ends the exchanges that are past their time. */
    void sweep(long nowNanos) {
        open.stream().filter(connection -> connection.overdue(nowNanos)).forEach(HttpConnection::close);
    }

    /** Cuts all connections, with whatever is under way on them, and opens no more. */
    @Override
    public void close() {
        closed = true;
        open.forEach(this::drop);
        idle.clear();
    }

    private HttpConnection connection() throws NotSentException {
        for (@Nullable HttpConnection kept = idle.poll(); kept != null; kept = idle.poll()) {
            if (kept.usable()) {
                return kept;
            }
            drop(kept);
        }
        HttpConnection connection = HttpConnection.to(agent);
        open.add(connection);
        if (closed) {
            drop(connection);
            throw new NotSentException(new IOException("this client is closed"));
        }
        return connection;
    }

    private void drop(HttpConnection connection) {
        open.remove(connection);
        connection.close();
    }

    private String head(AgentRequest request) {
        StringBuilder head = new StringBuilder(256);
        head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
        head.append(commonFields);
        head.append("Prefer: wait=").append(seconds(request.waitAtMost())).append("\r\n");
        if (!request.contentType().isEmpty()) {
            head.append("Content-Type: ").append(request.contentType()).append("\r\n");
        }
        if (request.contentType().equals(Frames.MEDIA_TYPE)) {
            head.append("Accept: ").append(Frames.MEDIA_TYPE).append("\r\n");
        }
        if (!request.method().equals("GET")) {
            head.append("Content-Length: ").append(request.body().length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    static UnavailableException unreachable(IOException failure) {
        return new UnavailableException("the agent cannot be reached: " + failure.getMessage());
    }
}
