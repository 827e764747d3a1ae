package dev.outrigger.sdk;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How {@link Outrigger} reaches the agent and how much it takes on. The defaults fit an agent on the same host.
 *
 * @param agent the agent's client API, {@code http://127.0.0.1:7411} by default
 * @param token when given, sent as bearer token
 * @param deadline for calls that name none, 5 s by default
 * @param commandBytesMax larger commands are refused before they are sent; 1 MiB by default, the agent's own limit
 * @param callsMax commands waiting and under way, 16384 by default; one more is refused
 * @param bytesMax the same in bytes, 64 MiB by default
 * @param senders batches under way at once, from 1 to 1024; a batch that waits long does not hold up the others; 4 by
 *     default
 * @param sessions whether commands are sent within a session, so that one which has to be sent again takes effect once;
 *     true by default. Without one a command whose answer is lost is never sent again, and ends as unknown
 */
public record OutriggerOptions(
        URI agent,
        Optional<String> token,
        Duration deadline,
        int commandBytesMax,
        int callsMax,
        long bytesMax,
        int senders,
        boolean sessions) {
    /** A session knows a command by its number only this far below the highest it has seen. */
    static final int SESSION_WINDOW = 1_024;

    public OutriggerOptions {
        if (!("http".equals(agent.getScheme()) || "https".equals(agent.getScheme())) || agent.getHost() == null) {
            throw new IllegalArgumentException("the agent's address is like http://127.0.0.1:7411, not " + agent);
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("the deadline must be positive, not " + deadline);
        }
        if (commandBytesMax < 1 || callsMax < 1 || bytesMax < commandBytesMax || senders < 1) {
            throw new IllegalArgumentException(
                    "commandBytesMax, callsMax and senders must be positive, and bytesMax no less than commandBytesMax");
        }
        if (senders > SESSION_WINDOW) {
            throw new IllegalArgumentException("at most " + SESSION_WINDOW + " senders, not " + senders);
        }
        if (token.isPresent() && !token.get().matches("[!-~]+")) {
            throw new IllegalArgumentException("a token is made of visible ASCII characters, without spaces");
        }
    }

    public static OutriggerOptions defaults() {
        return new OutriggerOptions(
                URI.create("http://127.0.0.1:7411"),
                Optional.empty(),
                Duration.ofSeconds(5),
                1 << 20,
                16_384,
                64L << 20,
                4,
                true);
    }

    public OutriggerOptions withAgent(URI agent) {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    public OutriggerOptions withToken(String token) {
        return new OutriggerOptions(
                agent, Optional.of(token), deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    public OutriggerOptions withDeadline(Duration deadline) {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    public OutriggerOptions withCommandBytesMax(int commandBytesMax) {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    public OutriggerOptions withCallsMax(int callsMax) {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    public OutriggerOptions withBytesMax(long bytesMax) {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    public OutriggerOptions withSenders(int senders) {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, sessions);
    }

    /** Each command on its own: sent again only when it was certainly not executed. */
    public OutriggerOptions withoutSessions() {
        return new OutriggerOptions(agent, token, deadline, commandBytesMax, callsMax, bytesMax, senders, false);
    }
}
