package dev.outrigger.examples;

import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Outrigger;
import java.time.Duration;

/** Ends an example gracefully when its process is told to end. */
final class Stop {
    private static final Duration AT_MOST = Duration.ofSeconds(2);

    private Stop() {}

    /** Commands first, since they are applied by the server. */
    static void onExit(Outrigger outrigger, AppServer server) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            outrigger.close(AT_MOST);
                            server.close(AT_MOST);
                        },
                        "stop"));
    }
}
