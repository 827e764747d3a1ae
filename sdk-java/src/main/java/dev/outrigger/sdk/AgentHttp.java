package dev.outrigger.sdk;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/** HTTP to the agent: blocking, one attempt. Safe for many threads. */
final class AgentHttp {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration ANSWER_GRACE = Duration.ofSeconds(1);

    private final HttpClient client;
    private final URI agent;
    private final Optional<String> token;

    AgentHttp(URI agent, Optional<String> token, Executor executor) {
        this.agent = agent;
        this.token = token;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(executor)
                .build();
    }

    /** A request that tells the agent how long to wait, and gives it a little more to say so. */
    HttpRequest.Builder request(String path, Duration wait) {
        HttpRequest.Builder request = HttpRequest.newBuilder(agent.resolve(path))
                .timeout(wait.plus(ANSWER_GRACE))
                .header("Prefer", "wait=" + seconds(wait));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    /** In seconds, with decimals: the agent's own word on a command then comes just before the caller's deadline. */
    static String seconds(Duration wait) {
        return BigDecimal.valueOf(Math.max(1, wait.toMillis()), 3).toPlainString();
    }

    /** @throws IOException when there is no answer; {@link #notSent} tells what that means */
    HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofByteArray());
    }

    /** Whether the agent cannot have seen the request, since there was no connection. */
    static boolean notSent(IOException failure) {
        return failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException;
    }

    static UnavailableException unreachable(IOException failure) {
        return new UnavailableException("the agent cannot be reached: " + failure);
    }
}
