package dev.outrigger.agent.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the version of this agent. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
    private final Main.Console console;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    VersionCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        String java = Runtime.version().toString();
        console.out()
                .println(
                        json
                                ? new JsonObject()
                                        .put("version", Version.current())
                                        .put("java", java)
                                        .encode()
                                : "outrigger " + Version.current() + " (Java " + java + ")");
        return ExitCode.DONE;
    }
}
