package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Has a snapshot taken. */
@Command(name = "snapshot", description = "Takes a snapshot of the application beside the agent; prints its index.")
final class SnapshotCommand implements Callable<Integer> {
    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Wait wait = new Wait();

    SnapshotCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        HttpResponse<byte[]> response =
                api.send(wait.ask(api.post("/v1/snapshots", new byte[0], wait.timeout())), ExitCode.OUTCOME_UNKNOWN);
        if (response.statusCode() != 200) {
            return api.report(Api.problem(response));
        }
        JsonObject taken = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        console.out()
                .println(
                        api.printsJson()
                                ? taken.encode()
                                : "index " + taken.getLong("index") + " in term " + taken.getLong("term") + ", "
                                        + taken.getLong("bytes") + " bytes");
        return ExitCode.DONE;
    }
}
