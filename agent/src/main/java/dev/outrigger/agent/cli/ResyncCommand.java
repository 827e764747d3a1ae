package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Has an application in quarantine given a clean state. */
@Command(
        name = "resync",
        description =
                "Gives the application beside the agent, which is in quarantine, a clean state; prints where it stands.")
final class ResyncCommand implements Callable<Integer> {
    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Wait wait = new Wait();

    ResyncCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        HttpResponse<byte[]> response =
                api.send(wait.ask(api.post("/v1/resync", new byte[0], wait.timeout())), ExitCode.OUTCOME_UNKNOWN);
        if (response.statusCode() != 200) {
            return api.report(Api.problem(response));
        }
        JsonObject done = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        console.out()
                .println(
                        api.printsJson()
                                ? done.encode()
                                : "the application is trusted again, from index " + done.getLong("index") + " on");
        return ExitCode.DONE;
    }
}
