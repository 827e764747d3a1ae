package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks the local application, and prints its answer. */
@Command(name = "query", description = "Asks the application beside the agent; prints its answer.")
final class QueryCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Input input;

    @Option(
            names = "--consistency",
            paramLabel = "linearizable|local",
            defaultValue = "LINEARIZABLE",
            description = "linearizable (default): sees everything committed before; local: at once")
    private Consistency consistency = Consistency.LINEARIZABLE;

    @Option(names = "--min-index", paramLabel = "N", description = "wait until this index is applied")
    private long minIndex;

    enum Consistency {
        LINEARIZABLE,
        LOCAL
    }

    QueryCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
        this.input = new Input(console);
    }

    @Override
    public Integer call() throws IOException {
        String path = "/v1/queries?consistency=" + consistency.name().toLowerCase(Locale.ROOT)
                + (minIndex > 0 ? "&minIndex=" + minIndex : "");
        HttpResponse<byte[]> response = api.send(
                api.post(path, input.bytes(), TIMEOUT)
                        .header("Content-Type", "application/octet-stream")
                        .build(),
                ExitCode.FAILED);
        if (response.statusCode() != 200) {
            api.report(Api.problem(response));
            return ExitCode.FAILED; // a query changes nothing, whatever became of it
        }
        if (api.printsJson()) {
            console.out()
                    .println(new JsonObject()
                            .put("data", Base64.getEncoder().encodeToString(response.body()))
                            .encode());
        } else {
            console.out().writeBytes(response.body());
            console.out().println();
        }
        return ExitCode.DONE;
    }
}
