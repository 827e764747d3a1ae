package dev.outrigger.agent.cli;

import dev.outrigger.agent.config.Setting;
import dev.outrigger.agent.config.Settings;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.storage.LogRecord;
import dev.outrigger.agent.storage.chronicle.LogInspection;
import dev.outrigger.agent.storage.chronicle.LogInspection.Condition;
import dev.outrigger.agent.storage.chronicle.LogInspection.Finding;
import dev.outrigger.agent.storage.chronicle.LogInspection.Standing;
import dev.outrigger.agent.storage.chronicle.LogInspection.Stop;
import dev.outrigger.agent.storage.chronicle.LogInspection.StoredRecord;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is on the disk of a member that is stopped. */
@Command(
        name = "log",
        description = "Shows, verifies or exports the data directory of a stopped member: see its own commands.")
final class LogCommand {
    private LogCommand() {}

    static CommandLine commandLine(Main.Console console) {
        return new CommandLine(new LogCommand())
                .addSubcommand(new Dump(console))
                .addSubcommand(new Verify(console))
                .addSubcommand(new LogExportCommand(console));
    }

    /** What all have: a directory that no agent uses, which is only read. */
    abstract static class Inspection implements Callable<Integer> {
        final Main.Console console;

        @Option(
                names = "--data",
                paramLabel = "DIRECTORY",
                description = "the member's data directory (default: OUTRIGGER_DATA, else as the agent's)")
        private Optional<String> data = Optional.empty();

        @Option(names = "--json", description = "print JSON")
        boolean json;

        Inspection(Main.Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            Map<Setting, String> flags = new EnumMap<>(Setting.class);
            data.ifPresent(directory -> flags.put(Setting.DATA, directory));
            try (LogInspection inspection = LogInspection.open(Settings.dataDirectory(console.environment(), flags))) {
                return run(inspection);
            }
        }

        abstract int run(LogInspection inspection);
    }

    @Command(
            name = "dump",
            description =
                    "Prints every record of the log, a line each: segment file and byte, what it is, whether its entry"
                            + " is live or superseded, and its data as text or in base64.")
    private static final class Dump extends Inspection {
        @Option(names = "--from", paramLabel = "INDEX", description = "nothing of a lower index (default 0)")
        private long from;

        @Option(names = "--to", paramLabel = "INDEX", description = "nothing of a higher index")
        private long to = Long.MAX_VALUE;

        Dump(Main.Console console) {
            super(console);
        }

        @Override
        int run(LogInspection inspection) {
            Optional<Stop> stop = inspection.dump(stored -> {
                long index = stored.record().index();
                if (index >= from && index <= to) {
                    console.out().println(json ? json(stored).encode() : text(stored));
                }
            });
            stop.ifPresent(at -> console.error(
                    "outrigger: %s could be read up to byte %d: %s".formatted(at.file(), at.offset(), at.reason())));
            return stop.isPresent() ? ExitCode.FAILED : ExitCode.DONE;
        }

        private static String text(StoredRecord stored) {
            LogRecord record = stored.record();
            return "%s byte %d record %d durable %d %s term %d index %d time %s %s %d bytes%s"
                    .formatted(
                            stored.segment().getFileName(),
                            stored.offset(),
                            record.sequence(),
                            record.durableSequence(),
                            kind(record),
                            record.term(),
                            record.index(),
                            Instant.ofEpochMilli(record.timeMillis()),
                            standing(stored),
                            record.data().length(),
                            data(record.data().array()));
        }

        private static String data(byte[] data) {
            String text = printable(data).map(line -> "text " + line).orElseGet(() -> "base64 " + base64(data));
            return data.length == 0 ? "" : " " + text;
        }

        private static JsonObject json(StoredRecord stored) {
            LogRecord record = stored.record();
            JsonObject json = new JsonObject()
                    .put("segment", stored.segment().getFileName().toString())
                    .put("offset", stored.offset())
                    .put("record", record.sequence())
                    .put("durable", record.durableSequence())
                    .put("kind", kind(record))
                    .put("term", record.term())
                    .put("index", record.index())
                    .put("timeMillis", record.timeMillis())
                    .put("standing", standing(stored))
                    .put("bytes", record.data().length());
            byte[] data = record.data().array();
            printable(data).ifPresentOrElse(text -> json.put("text", text), () -> json.put("base64", base64(data)));
            return json;
        }

        private static String kind(LogRecord record) {
            return switch (record.kindTag()) {
                case LogRecord.SEGMENT_HEADER -> "header";
                case LogRecord.BASE -> "snapshot";
                default -> word(Entry.Kind.ofTag(record.kindTag()));
            };
        }

        private static String standing(StoredRecord stored) {
            return stored.standing() == Standing.NO_ENTRY ? "-" : word(stored.standing());
        }

        private static String base64(byte[] data) {
            return Base64.getEncoder().encodeToString(data);
        }
    }

    @Command(
            name = "verify",
            description =
                    "Reads all there is and says what is whole, what is a torn end that was never acknowledged, and what"
                            + " is damaged; exit code 1 for damage.")
    private static final class Verify extends Inspection {
        Verify(Main.Console console) {
            super(console);
        }

        @Override
        int run(LogInspection inspection) {
            List<Finding> findings = inspection.verify();
            boolean damaged = findings.stream().anyMatch(finding -> finding.condition() == Condition.DAMAGED);
            if (json) {
                JsonArray array = new JsonArray();
                findings.forEach(finding -> array.add(json(finding)));
                console.out()
                        .println(new JsonObject()
                                .put("damaged", damaged)
                                .put("findings", array)
                                .encode());
            } else {
                print(findings);
            }
            return damaged ? ExitCode.FAILED : ExitCode.DONE;
        }

        private void print(List<Finding> findings) {
            Set<String> advice = new LinkedHashSet<>();
            for (Finding finding : findings) {
                String position = finding.position().isPresent()
                        ? " at byte " + finding.position().getAsLong()
                        : "";
                console.out()
                        .printf(
                                "%-9s %-7s %s%s: %s%n",
                                finding.part(), word(finding.condition()), finding.file(), position, finding.detail());
                if (!finding.advice().isEmpty()) {
                    advice.add(finding.advice());
                }
            }
            advice.forEach(line -> console.out().printf("%-9s %s%n", "advice", line));
        }

        private static JsonObject json(Finding finding) {
            JsonObject json = new JsonObject()
                    .put("part", finding.part())
                    .put("file", finding.file().toString())
                    .put("condition", word(finding.condition()))
                    .put("detail", finding.detail());
            finding.position().ifPresent(position -> json.put("position", position));
            return finding.advice().isEmpty() ? json : json.put("advice", finding.advice());
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The data when it is text of one line. */
    static Optional<String> printable(byte[] data) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
            return text.codePoints().allMatch(LogCommand::isPrintable) ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
