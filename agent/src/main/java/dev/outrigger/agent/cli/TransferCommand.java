package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Hands the leadership over. */
@Command(name = "transfer", description = "Hands the leadership over; prints who leads then.")
final class TransferCommand implements Callable<Integer> {
    private final Main.Console console;

    @Mixin
    private final Api api;

    @Mixin
    private final Wait wait = new Wait();

    @Option(names = "--to", paramLabel = "NAME", description = "who shall lead (default: the leader chooses)")
    private Optional<String> to = Optional.empty();

    TransferCommand(Main.Console console) {
        this.console = console;
        this.api = new Api(console);
    }

    @Override
    public Integer call() {
        JsonObject body = new JsonObject();
        to.ifPresent(name -> body.put("to", name));
        byte[] bytes = body.encode().getBytes(StandardCharsets.UTF_8);
        HttpResponse<byte[]> response =
                api.send(wait.ask(api.post("/v1/leader", bytes, wait.timeout())), ExitCode.OUTCOME_UNKNOWN);
        if (response.statusCode() != 200) {
            return api.report(Api.problem(response));
        }
        JsonObject led = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        console.out()
                .println(
                        api.printsJson()
                                ? led.encode()
                                : "leader " + led.getString("leader") + " in term " + led.getLong("term"));
        return ExitCode.DONE;
    }
}
