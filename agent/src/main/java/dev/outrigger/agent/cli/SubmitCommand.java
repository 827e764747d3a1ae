package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Submits one command and prints the local application's result. */
@Command(name = "submit", description = "Submits a command; prints the result of the application beside the agent.")
final class SubmitCommand implements Callable<Integer> {
    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Input input;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "how long to wait for the result (default ${DEFAULT-VALUE})")
    private double waitSeconds;

    SubmitCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
        this.input = new Input(console);
    }

    @Override
    public Integer call() throws IOException {
        if (!(waitSeconds > 0) || waitSeconds > 300) {
            throw new ParameterException(spec.commandLine(), "--wait takes more than 0 and up to 300 seconds");
        }
        Duration timeout = Duration.ofMillis((long) (waitSeconds * 1000) + 5000);
        HttpResponse<byte[]> response = api.send(
                api.post("/v1/commands", input.bytes(), timeout)
                        .header("Content-Type", "application/octet-stream")
                        .header("Prefer", "wait=" + waitSeconds)
                        .build(),
                ExitCode.OUTCOME_UNKNOWN);
        boolean answered = response.headers().firstValue("Outrigger-Code").isPresent();
        return answered ? print(response) : api.report(Api.problem(response));
    }

    private int print(HttpResponse<byte[]> response) {
        long code = response.headers().firstValueAsLong("Outrigger-Code").orElse(0);
        if (api.printsJson()) {
            console.out()
                    .println(new JsonObject()
                            .put(
                                    "index",
                                    response.headers()
                                            .firstValueAsLong("Outrigger-Index")
                                            .orElse(0))
                            .put(
                                    "term",
                                    response.headers()
                                            .firstValueAsLong("Outrigger-Term")
                                            .orElse(0))
                            .put("code", code)
                            .put("data", Base64.getEncoder().encodeToString(response.body()))
                            .encode());
        } else {
            console.out().writeBytes(response.body());
            console.out().println();
        }
        if (code != 0 && !api.printsJson()) {
            console.error("outrigger: refused by the state machine with code " + code);
        }
        return code == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
}
