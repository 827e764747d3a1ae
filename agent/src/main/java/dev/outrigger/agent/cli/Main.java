package dev.outrigger.agent.cli;

import dev.outrigger.agent.config.Settings;
import dev.outrigger.agent.config.SettingsException;
import dev.outrigger.agent.http.ListenException;
import dev.outrigger.agent.storage.StorageException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.security.Security;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Entry point: {@code outrigger <command>}. Exit codes: {@link ExitCode}. */
@Command(
        name = "outrigger",
        description = "A sidecar consensus agent: beside every instance of a service, one replicated log.",
        subcommands = {HelpCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    /** Runs an agent; returns only when it could not start. */
    interface AgentRunner {
        void run(Settings settings) throws Exception;
    }

    private Main() {}

    public static void main(String[] args) {
        // A name that does not resolve yet may do so a moment later.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Console console = new Console(System.in, System.out, System.err, System.getenv());
        System.exit(run(args, console, Agent::run));
    }

    static int run(String[] args, Console console, AgentRunner agent) {
        CommandLine commandLine = new CommandLine(new Main())
                .addSubcommand(AgentCommand.commandLine(console, agent))
                .addSubcommand(new StatusCommand(console))
                .addSubcommand(new SubmitCommand(console))
                .addSubcommand(new QueryCommand(console))
                .addSubcommand(MembersCommand.commandLine(console))
                .addSubcommand(new TransferCommand(console))
                .addSubcommand(new SnapshotCommand(console))
                .addSubcommand(new BackupCommand(console))
                .addSubcommand(new RestoreCommand(console))
                .addSubcommand(LogCommand.commandLine(console))
                .addSubcommand(new ConformanceCommand(console))
                .addSubcommand(new VersionCommand(console));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setOut(console.outWriter()).setErr(console.errWriter());
        commandLine.setParameterExceptionHandler((failure, given) -> usage(failure, console));
        commandLine.setExecutionExceptionHandler((failure, command, result) -> failed(failure, result, console));
        if (args.length == 0) {
            console.error("outrigger: a command is missing; 'outrigger help' lists them");
            return ExitCode.USAGE;
        }
        return commandLine.execute(args);
    }

    private static int usage(ParameterException failure, Console console) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        console.error(command + ": " + oneLine(failure.getMessage()) + "; see 'outrigger help'");
        return ExitCode.USAGE;
    }

    private static int failed(Exception failure, ParseResult result, Console console) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean expected = cause instanceof SettingsException
                || cause instanceof StorageException
                || cause instanceof ListenException
                || cause instanceof ApiException;
        console.error("outrigger: " + (expected ? oneLine(cause.getMessage()) : oneLine(cause.toString())));
        if (cause instanceof ApiException api) {
            return api.exitCode();
        }
        return cause instanceof SettingsException ? ExitCode.USAGE : ExitCode.FAILED;
    }

    private static String oneLine(@Nullable String message) {
        return message == null ? "no reason is known" : message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    /**
     * The world around one invocation.
     *
     * @param environment the process environment
     */
    record Console(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        void error(String line) {
            err.println(line);
            err.flush();
        }

        PrintWriter outWriter() {
            return new PrintWriter(out, true);
        }

        PrintWriter errWriter() {
            return new PrintWriter(err, true);
        }
    }
}
