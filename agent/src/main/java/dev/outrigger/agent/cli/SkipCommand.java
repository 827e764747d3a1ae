package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a command passed over that an application cannot apply. */
@Command(
        name = "skip",
        description = "Has all members pass over a command at which an application fails. It is then never applied.")
final class SkipCommand implements Callable<Integer> {
    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Wait wait = new Wait();

    @Parameters(paramLabel = "INDEX", description = "index of the command; the status page names it")
    private long index;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why, for the log of every member")
    private String reason = "";

    SkipCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        byte[] body = new JsonObject()
                .put("index", index)
                .put("reason", reason)
                .encode()
                .getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> response =
                api.send(wait.ask(api.post("/v1/skip", body, wait.timeout())), ExitCode.OUTCOME_UNKNOWN);
        if (response.statusCode() != 200) {
            return api.report(Api.problem(response));
        }
        JsonObject done = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        console.out()
                .println(
                        api.printsJson()
                                ? done.encode()
                                : "the command at index " + done.getLong("index") + " is passed over");
        return ExitCode.DONE;
    }
}
