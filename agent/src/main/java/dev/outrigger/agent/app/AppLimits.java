package dev.outrigger.agent.app;

import java.time.Duration;

/**
 * Every bound and every wait of the application channel. All are positive.
 *
 * @param callTimeout from the moment a call is made, waiting for a connection included, to the last byte of its answer;
 *     default 10 s
 * @param retryMin first wait before the application is asked again, doubled each time; default 100 ms
 * @param retryMax longest such wait; default 2 s
 * @param refusedRetry wait before an application that was refused, or that must be confirmed by the leader, is asked
 *     again; default 2 s
 * @param idleCheck how often the application is asked while there is nothing to deliver; default 1 s
 * @param pausedRetry wait before the command that the application cannot apply is tried again; default 5 s
 * @param roleRetry wait before a role push that failed is repeated; default 1 s
 * @param batchBytesMax sum of the entries' sizes in one batch, exceeded only by a single larger command; default 1 MiB
 * @param batchCommandsMax commands in one batch; default 1024
 * @param pauseAfterFailures failures in a row at one command after which delivery pauses; default 3
 * @param responseBytesMax longest answer, above which the call fails; default 64 MiB
 * @param queriesInFlightMax queries under way or waiting for a connection, above which a query is turned away; default
 *     256
 * @param resultBytesMax results of commands of sessions that are kept for those who ask again, overhead included; the
 *     oldest go first; default 16 MiB
 */
public record AppLimits(
        Duration callTimeout,
        Duration retryMin,
        Duration retryMax,
        Duration refusedRetry,
        Duration idleCheck,
        Duration pausedRetry,
        Duration roleRetry,
        int batchBytesMax,
        int batchCommandsMax,
        int pauseAfterFailures,
        int responseBytesMax,
        int queriesInFlightMax,
        long resultBytesMax) {

    public static final AppLimits DEFAULTS = new AppLimits(
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            1 << 20,
            1024,
            3,
            64 << 20,
            256,
            16 << 20);

    public AppLimits {
        positive("callTimeout", callTimeout.toMillis());
        positive("retryMin", retryMin.toMillis());
        positive("retryMax", retryMax.toMillis());
        positive("refusedRetry", refusedRetry.toMillis());
        positive("idleCheck", idleCheck.toMillis());
        positive("pausedRetry", pausedRetry.toMillis());
        positive("roleRetry", roleRetry.toMillis());
        positive("batchBytesMax", batchBytesMax);
        positive("batchCommandsMax", batchCommandsMax);
        positive("pauseAfterFailures", pauseAfterFailures);
        positive("responseBytesMax", responseBytesMax);
        positive("queriesInFlightMax", queriesInFlightMax);
        positive("resultBytesMax", resultBytesMax);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }
}
