package dev.outrigger.agent.cli;

import dev.outrigger.agent.cli.conformance.CommandSupply;
import dev.outrigger.agent.cli.conformance.Conformance;
import dev.outrigger.agent.cli.conformance.Verdict;
import dev.outrigger.agent.cli.conformance.Verdict.Outcome;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tries an application, in any language, against the app protocol. */
@Command(
        name = "conformance",
        description = "Tries an application against the app protocol, one line a check. It changes the application's"
                + " state and speaks as a newer agent than any: use an instance of its own, without an agent.")
final class ConformanceCommand implements Callable<Integer> {
    private static final int COMMAND_BYTES_MAX = 1 << 20;

    private final Main.Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--app",
            paramLabel = "URL",
            required = true,
            description = "where the application serves, such as http://127.0.0.1:7410")
    @SuppressWarnings("NullAway.Init")
    private URI app;

    @Option(
            names = "--twin",
            paramLabel = "URL",
            description = "a second instance of it, to compare with: finds what is not deterministic")
    private Optional<URI> twin = Optional.empty();

    @Option(
            names = "--command",
            paramLabel = "TEXT",
            description = "a command that it understands; may be given several times (default: bytes that mean nothing)")
    private List<String> commands = new ArrayList<>();

    @Option(names = "--commands", paramLabel = "FILE", description = "a file with one command a line")
    private Optional<Path> commandFile = Optional.empty();

    @Option(names = "--query", paramLabel = "TEXT", description = "a query whose answer shows the state")
    private Optional<String> query = Optional.empty();

    @Option(names = "--kv", description = "commands and queries of the example kv")
    private boolean kv;

    @Option(
            names = "--max-command",
            paramLabel = "BYTES",
            defaultValue = "" + COMMAND_BYTES_MAX,
            description = "the largest command (OUTRIGGER_MAX_COMMAND; default ${DEFAULT-VALUE})")
    private int commandBytesMax;

    @Option(names = "--token-file", paramLabel = "FILE", description = "file with the bearer token, where it asks for one")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    ConformanceCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (commandBytesMax < 1) {
            throw usage("--max-command is 1 byte at least");
        }
        Conformance conformance = new Conformance(
                served("--app", app),
                twin.map(uri -> served("--twin", uri)),
                tokenFile.map(file -> read(file).strip()),
                supply(),
                commandBytesMax);
        try {
            return report(conformance.run(verdict -> {
                if (!json) {
                    console.out().println(verdict.line());
                }
            }));
        } catch (Conformance.NoApplication e) {
            console.error("outrigger: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private CommandSupply supply() {
        List<String> all = new ArrayList<>(commands);
        commandFile.ifPresent(file -> read(file).lines().filter(line -> !line.isBlank()).forEach(all::add));
        if (kv && (!all.isEmpty() || query.isPresent())) {
            throw usage("--kv has its own commands and query");
        }
        if (commandFile.isPresent() && all.isEmpty()) {
            throw usage("there is no command in " + commandFile.get());
        }
        return kv ? CommandSupply.kv() : CommandSupply.of(all, query);
    }

    private URI served(String option, URI uri) {
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getQuery() != null) {
            throw usage(option + " takes http://HOST:PORT, not '" + uri + "'");
        }
        return uri;
    }

    private String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw usage("cannot read " + file);
        }
    }

    private int report(List<Verdict> verdicts) {
        long failed = count(verdicts, Outcome.FAIL);
        if (json) {
            JsonArray checks = new JsonArray();
            verdicts.forEach(verdict -> checks.add(verdict.toJson()));
            console.out()
                    .println(new JsonObject()
                            .put("app", app.toString())
                            .put("passed", count(verdicts, Outcome.PASS))
                            .put("failed", failed)
                            .put("skipped", count(verdicts, Outcome.SKIP))
                            .put("checks", checks)
                            .encode());
        } else {
            console.out()
                    .println(count(verdicts, Outcome.PASS) + " passed, " + failed + " failed, "
                            + count(verdicts, Outcome.SKIP) + " skipped");
        }
        return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static long count(List<Verdict> verdicts, Outcome outcome) {
        return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
