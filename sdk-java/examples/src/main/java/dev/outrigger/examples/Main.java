package dev.outrigger.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Picks the example. Exit codes: 1 when it cannot start, 2 for wrong arguments, each with one line that says why. */
@Command(
        name = "outrigger-examples",
        description = "Example applications for an Outrigger agent beside them.",
        mixinStandardHelpOptions = true,
        version = "0.1.0",
        subcommands = {KvCommand.class, LightbulbCommand.class})
public final class Main implements Runnable {
    static final int CANNOT_START = 1;
    static final int WRONG_ARGUMENTS = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        int exit = run(args);
        // While an example serves, its threads keep the process alive.
        if (exit != 0) {
            System.exit(exit);
        }
    }

    static int run(String... args) {
        return new CommandLine(new Main())
                .setParameterExceptionHandler((e, given) -> tell(e.getCommandLine(), e, WRONG_ARGUMENTS))
                .setExecutionExceptionHandler((e, commandLine, parsed) ->
                        tell(commandLine, e, e instanceof IllegalArgumentException ? WRONG_ARGUMENTS : CANNOT_START))
                .execute(args);
    }

    private static int tell(CommandLine commandLine, Exception e, int exit) {
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        commandLine.getErr().println(commandLine.getCommandSpec().qualifiedName() + ": " + reason);
        return exit;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name an example: kv or lightbulb (--help tells more)");
    }
}
