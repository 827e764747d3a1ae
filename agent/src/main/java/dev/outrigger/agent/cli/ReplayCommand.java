package dev.outrigger.agent.cli;

import dev.outrigger.agent.config.Setting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hands an exported log to an application that is empty, and compares its results with those of another version. */
@Command(
        name = "replay",
        description =
                "Hands an exported log to an application that has applied nothing, as an agent does that catches up;"
                        + " keeps the results, or compares them with those that were kept from another version: exit code"
                        + " 1 when one differs.")
final class ReplayCommand implements Callable<Integer> {
    private static final int BATCH_COMMANDS_MAX = 500;
    private static final int BATCH_BYTES_MAX = 1 << 20;

    private final Main.Console console;

    @Option(
            names = "--app",
            paramLabel = "URL",
            description = "the application (default: OUTRIGGER_APP, else http://127.0.0.1:7410)")
    private Optional<String> app = Optional.empty();

    @Option(names = "--log", paramLabel = "FILE", required = true, description = "what 'log export' has written")
    @SuppressWarnings("NullAway.Init")
    private Path log;

    @Option(names = "--results", paramLabel = "FILE", description = "where to keep the results, for a later --expect")
    private Optional<Path> resultsFile = Optional.empty();

    @Option(names = "--expect", paramLabel = "FILE", description = "results of another version, to compare with")
    private Optional<Path> expectedFile = Optional.empty();

    @Option(names = "--force", description = "replace the file of --results when there is one")
    private boolean force;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = "replay",
            description = "name of the cluster that the application is told (default: replay)")
    private String cluster = "replay";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "for one call of the application (default: 60)")
    private long timeoutSeconds;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "file with the bearer token (default: OUTRIGGER_TOKEN_FILE)")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    ReplayCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (timeoutSeconds < 1) {
            throw new ApiException(ExitCode.USAGE, "--timeout must be at least 1");
        }
        ReplayedApp application =
                new ReplayedApp(root(), Api.token(tokenFile, console), cluster, Duration.ofSeconds(timeoutSeconds));
        try (JsonLines<LogLine> lines = new JsonLines<>(log, LogLine::of);
                Comparison comparison = comparison();
                Results kept = new Results()) {
            checkEmpty(application.info());
            try {
                replay(application, lines, comparison, kept);
                comparison.end();
            } catch (ApiException e) {
                // What differed before it may be why.
                comparison.printFirst();
                throw e;
            }
            kept.finish();
            return report(comparison);
        } catch (IOException | UncheckedIOException e) {
            throw new ApiException(ExitCode.FAILED, "the results were not written: " + e, e);
        }
    }

    private static void checkEmpty(JsonObject info) {
        long index = ((Number) info.getJsonObject("applied").getValue("index")).longValue();
        if (index != 0) {
            throw new ApiException(
                    ExitCode.FAILED,
                    info.getString("app") + " " + info.getString("version") + " has applied index " + index
                            + " already; a log is replayed into an empty application");
        }
    }

    private static void replay(ReplayedApp application, JsonLines<LogLine> lines, Comparison comparison, Results kept) {
        long delivered = 0;
        Optional<LogLine> next = nextAfter(0, lines);
        while (next.isPresent()) {
            List<LogLine> batch = new ArrayList<>();
            int bytes = 0;
            while (next.isPresent()
                    && (batch.isEmpty()
                            || batch.size() < BATCH_COMMANDS_MAX
                                    && bytes + next.get().data().length() <= BATCH_BYTES_MAX)) {
                batch.add(next.get());
                bytes += next.get().data().length();
                next = nextAfter(next.get().index(), lines);
            }
            List<ReplayResult> results = application.apply(delivered, batch);
            for (int i = 0; i < batch.size(); i++) {
                kept.add(results.get(i));
                comparison.add(batch.get(i), results.get(i));
            }
            delivered = batch.get(batch.size() - 1).index();
        }
    }

    private static Optional<LogLine> nextAfter(long index, JsonLines<LogLine> lines) {
        Optional<LogLine> next = lines.next();
        if (next.isPresent() && next.get().index() <= index) {
            throw new ApiException(
                    ExitCode.USAGE, lines.where() + ": index " + next.get().index() + " comes after index " + index);
        }
        return next;
    }

    private int report(Comparison comparison) {
        if (json) {
            JsonObject summary = new JsonObject().put("commands", comparison.commands);
            if (expectedFile.isPresent()) {
                summary.put("differing", comparison.differing).put("first", comparison.firstAsJson());
            }
            console.out().println(summary.encode());
        } else {
            comparison.print();
        }
        return comparison.differing == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private URI root() {
        String given = app.or(() -> environment(Setting.APP)).orElse("http://127.0.0.1:7410");
        try {
            URI uri = URI.create(given.replaceAll("/+$", "") + "/outrigger/v1/");
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new ApiException(ExitCode.USAGE, "--app must be a URL like http://127.0.0.1:7410, not '" + given + "'");
    }

    private Optional<String> environment(Setting setting) {
        return Optional.ofNullable(console.environment().get(setting.environmentName()));
    }

    private Comparison comparison() {
        return new Comparison(expectedFile.map(file -> new JsonLines<>(file, ReplayResult::of)));
    }

    /** The results, kept if they are to be. */
    private final class Results implements AutoCloseable {
        private final Optional<LinesFile> out;

        private Results() throws IOException {
            out = resultsFile.isPresent() ? Optional.of(LinesFile.create(resultsFile.get(), force)) : Optional.empty();
        }

        private void add(ReplayResult result) {
            out.ifPresent(lines -> lines.line(result.toJson().encode()));
        }

        private void finish() throws IOException {
            if (out.isPresent()) {
                out.get().finish();
            }
        }

        @Override
        public void close() throws IOException {
            if (out.isPresent()) {
                out.get().close();
            }
        }
    }

    /** Result by result, against those that are expected. */
    private final class Comparison implements AutoCloseable {
        private final Optional<JsonLines<ReplayResult>> expected;
        private long commands;
        private long differing;
        private @Nullable Differing first;

        private Comparison(Optional<JsonLines<ReplayResult>> expected) {
            this.expected = expected;
        }

        private void add(LogLine command, ReplayResult actual) {
            commands++;
            if (expected.isPresent()) {
                ReplayResult wanted =
                        expected.get().next().orElseThrow(() -> otherLog("ends before index " + actual.index()));
                if (wanted.index() != actual.index()) {
                    throw otherLog("has index " + wanted.index() + " where the log has index " + actual.index());
                }
                if (!wanted.sameAs(actual)) {
                    differing++;
                    first = first == null ? new Differing(command, wanted, actual) : first;
                }
            }
        }

        private void end() {
            if (expected.isPresent()) {
                expected.get().next().ifPresent(more -> {
                    throw otherLog("goes on with index " + more.index() + " where the log ends");
                });
            }
        }

        private ApiException otherLog(String what) {
            return new ApiException(
                    ExitCode.USAGE,
                    expectedFile.map(Path::toString).orElse("") + " is of another log than " + log + ": it " + what);
        }

        private @Nullable JsonObject firstAsJson() {
            return first == null ? null : first.toJson();
        }

        private void print() {
            if (first == null) {
                console.out()
                        .println(commands + " commands replayed"
                                + (expected.isPresent() ? ", all results as expected" : ""));
            }
            printFirst();
        }

        private void printFirst() {
            if (first == null) {
                return;
            }
            console.out()
                    .println("index " + first.command().index() + " is the first of " + differing + " results of "
                            + commands + " that differ");
            console.out().println("command   " + text(first.command().data()));
            console.out().println("expected  " + text(first.expected()));
            console.out().println("actual    " + text(first.actual()));
        }

        @Override
        public void close() {
            expected.ifPresent(JsonLines::close);
        }
    }

    private record Differing(LogLine command, ReplayResult expected, ReplayResult actual) {
        private JsonObject toJson() {
            return new JsonObject()
                    .put("index", command.index())
                    .put("command", command.data())
                    .put("expected", expected.toJson())
                    .put("actual", actual.toJson());
        }
    }

    private static String text(ReplayResult result) {
        return "code " + result.code() + " " + text(result.data())
                + result.stateHash().map(hash -> ", state hash " + hash).orElse("");
    }

    private static String text(String base64) {
        byte[] data = Base64.getDecoder().decode(base64);
        return LogCommand.printable(data).orElse("base64 " + base64);
    }
}
