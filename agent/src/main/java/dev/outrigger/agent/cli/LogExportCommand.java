package dev.outrigger.agent.cli;

import dev.outrigger.agent.app.SkipDecision;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.chronicle.LogInspection;
import dev.outrigger.agent.storage.chronicle.LogInspection.Standing;
import dev.outrigger.agent.storage.chronicle.LogInspection.Stop;
import dev.outrigger.agent.storage.chronicle.LogInspection.StoredRecord;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the commands of a member's log to a file that 'replay' and the test kit of the SDK read. */
@Command(
        name = "export",
        description =
                "Writes the commands of the log, a JSON object a line: index, term, time and data in base64. The disk does"
                        + " not know which of the last entries were committed: all that this member holds is written, up"
                        + " to --to.")
final class LogExportCommand extends LogCommand.Inspection {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "where to write them; - or nothing: standard output")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--from", paramLabel = "INDEX", description = "nothing of a lower index (default 1)")
    private long from = 1;

    @Option(names = "--to", paramLabel = "INDEX", description = "nothing of a higher index")
    private long to = Long.MAX_VALUE;

    @Option(names = "--force", description = "replace the file when there is one")
    private boolean force;

    LogExportCommand(Main.Console console) {
        super(console);
    }

    @Override
    int run(LogInspection inspection) {
        boolean toConsole = file.isEmpty() || file.get().toString().equals("-");
        Export export = new Export();
        try (LinesFile out = toConsole ? LinesFile.of(console.out()) : LinesFile.create(file.get(), force)) {
            // A command is passed over by an entry behind it.
            inspection.dump(export::collectSkips);
            Optional<Stop> stop = inspection.dump(stored -> export.take(stored, out));
            if (stop.isPresent()) {
                throw failed("%s could be read up to byte %d: %s; nothing was exported"
                        .formatted(
                                stop.get().file(),
                                stop.get().offset(),
                                stop.get().reason()));
            }
            export.checkEnd();
            out.finish();
        } catch (IOException | UncheckedIOException e) {
            throw new ApiException(ExitCode.FAILED, "the log was not exported: " + e, e);
        }
        print(export, toConsole);
        return ExitCode.DONE;
    }

    private void print(Export export, boolean toConsole) {
        if (!toConsole && json) {
            console.out()
                    .println(new JsonObject()
                            .put("file", file.get().toString())
                            .put("commands", export.commands)
                            .put("firstIndex", export.commands == 0 ? null : export.first)
                            .put("lastIndex", export.commands == 0 ? null : export.last)
                            .encode());
        } else {
            // Not among the lines, when those go to standard output.
            String summary = export.commands == 0
                    ? "no commands"
                    : export.commands + " commands, index " + export.first + " to " + export.last;
            if (toConsole) {
                console.error("outrigger: " + summary);
            } else {
                console.out().println(file.get() + ": " + summary);
            }
        }
    }

    private static ApiException failed(String what) {
        return new ApiException(ExitCode.FAILED, what);
    }

    /** One way through the log. */
    private final class Export {
        private final ExportedSessions sessions = new ExportedSessions();
        private final Set<Long> skipped = new HashSet<>();
        private boolean begun;
        private long snapshot;
        private long commands;
        private long first;
        private long last;

        private void collectSkips(StoredRecord stored) {
            LogRecord record = stored.record();
            if (stored.standing() == Standing.LIVE && record.kindTag() == Entry.Kind.SKIP.tag()) {
                SkipDecision.decode(record.data()).ifPresent(skip -> skipped.add(skip.index()));
            }
        }

        private void take(StoredRecord stored, LinesFile out) {
            LogRecord record = stored.record();
            if (record.kindTag() == LogRecord.BASE) {
                snapshot = Math.max(snapshot, record.index());
            }
            if (stored.standing() != Standing.LIVE) {
                return;
            }
            checkStart(record.index());
            sessions.tell(record.entry());
            if (record.index() < from || record.index() > to || skipped.contains(record.index())) {
                return;
            }
            switch (Entry.Kind.ofTag(record.kindTag())) {
                case COMMAND -> write(record, record.data(), out);
                case SESSION_COMMAND -> sessions.given().ifPresent(body -> write(record, body, out));
                case NOOP, CONFIGURATION, SESSION, SKIP -> {
                    // Nothing for the application.
                }
                // No default branch: a new kind must be placed, since leaving it out would change what is replayed.
                case RESTORE ->
                    throw failed("index " + record.index() + " puts a backup in, which no export can hold; --from "
                            + (record.index() + 1) + " exports what may come after it");
            }
        }

        /** Commands that are only in a snapshot would be missing without a word. */
        private void checkStart(long firstIndex) {
            if (!begun && firstIndex > from) {
                throw failed("the log begins at index " + firstIndex + ", what came before is in a snapshot; --from "
                        + firstIndex + " exports what there is");
            }
            begun = true;
        }

        private void checkEnd() {
            if (!begun) {
                checkStart(snapshot + 1);
            }
        }

        private void write(LogRecord record, Payload body, LinesFile out) {
            out.line(new JsonObject()
                    .put("index", record.index())
                    .put("term", record.term())
                    .put("time", record.timeMillis())
                    .put("data", Base64.getEncoder().encodeToString(body.array()))
                    .encode());
            first = commands == 0 ? record.index() : first;
            last = record.index();
            commands++;
        }
    }
}
