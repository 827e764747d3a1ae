package dev.outrigger.agent.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Where and within which limits the client API serves.
 *
 * @param token what requests must carry; empty: nothing
 * @param commandBytesMax largest command or query; more is 413
 * @param batchBytesMax largest body of a batch; more is 413
 * @param batchCommandsMax most commands in one batch; more is 413
 * @param requestsMax requests that wait for their answer at one time; more are 429
 * @param bodyBytesMax bytes that the bodies of those may hold together; more is 429
 * @param connectionsMax open connections; more are closed at once
 * @param uploadSilenceMax how long nothing of a backup may come before its upload is given up
 * @param logKeepAlive how often a reader of the log that has nothing to read gets a comment
 */
public record ApiOptions(
        ListenAddress address,
        Optional<BearerToken> token,
        int commandBytesMax,
        int batchBytesMax,
        int batchCommandsMax,
        int requestsMax,
        long bodyBytesMax,
        int connectionsMax,
        Duration uploadSilenceMax,
        Duration logKeepAlive) {
    private static final int BATCH_BYTES_MAX = 16 << 20;
    private static final int BATCH_COMMANDS_MAX = 10_000;
    private static final int REQUESTS_MAX = 1024;
    private static final int BODY_BYTES_MAX = 128 << 20;
    private static final int CONNECTIONS_MAX = 2 * REQUESTS_MAX;
    private static final Duration UPLOAD_SILENCE_MAX = Duration.ofSeconds(30);
    /** Well within what proxies and clients take for silence. */
    private static final Duration LOG_KEEP_ALIVE = Duration.ofSeconds(15);

    /** The limits that fit most. A batch always has room for one command of the largest size. */
    public static ApiOptions withDefaults(ListenAddress address, Optional<BearerToken> token, int commandBytesMax) {
        int batchBytesMax = Math.max(BATCH_BYTES_MAX, commandBytesMax / 2 * 3);
        long bodyBytesMax = Math.max(BODY_BYTES_MAX, 2L * batchBytesMax);
        return new ApiOptions(
                address,
                token,
                commandBytesMax,
                batchBytesMax,
                BATCH_COMMANDS_MAX,
                REQUESTS_MAX,
                bodyBytesMax,
                CONNECTIONS_MAX,
                UPLOAD_SILENCE_MAX,
                LOG_KEEP_ALIVE);
    }
}
