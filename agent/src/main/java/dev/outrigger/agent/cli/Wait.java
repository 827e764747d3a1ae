package dev.outrigger.agent.cli;

import java.net.http.HttpRequest;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long an operator waits for the end of what was asked for. */
final class Wait {
    private static final double SECONDS_MAX = 300;
    private static final Duration BEYOND = Duration.ofSeconds(5);

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "how long to wait for the end of it (default ${DEFAULT-VALUE})")
    private double seconds;

    /** When the agent itself must have answered. */
    Duration timeout() {
        if (!(seconds > 0) || seconds > SECONDS_MAX) {
            throw new ParameterException(spec.commandLine(), "--wait takes more than 0 and up to 300 seconds");
        }
        return Duration.ofMillis((long) (seconds * 1000)).plus(BEYOND);
    }

    HttpRequest ask(HttpRequest.Builder request) {
        return prefer(request.header("Content-Type", "application/json")).build();
    }

    HttpRequest.Builder prefer(HttpRequest.Builder request) {
        timeout(); // checks the seconds
        return request.header("Prefer", "wait=" + seconds);
    }
}
