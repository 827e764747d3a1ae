package dev.outrigger.agent.cli;

import dev.outrigger.agent.config.Setting;
import dev.outrigger.agent.config.Settings;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** Runs an agent until it is told to stop. Its flags are the settings, one for each. */
@Command(
        name = "agent",
        description = "Runs an agent. Every flag is also a variable, --election-timeout as OUTRIGGER_ELECTION_TIMEOUT,"
                + " and a key in the file named by OUTRIGGER_CONFIG; flags beat variables, variables beat the file.")
final class AgentCommand implements Callable<Integer> {
    private final Main.Console console;
    private final Main.AgentRunner runner;
    private final CommandLine commandLine;

    private AgentCommand(Main.Console console, Main.AgentRunner runner) {
        this.console = console;
        this.runner = runner;
        this.commandLine = new CommandLine(this);
        for (Setting setting : Setting.values()) {
            commandLine.getCommandSpec().addOption(option(setting));
        }
    }

    static CommandLine commandLine(Main.Console console, Main.AgentRunner runner) {
        return new AgentCommand(console, runner).commandLine;
    }

    private static OptionSpec option(Setting setting) {
        String byDefault =
                setting.defaultText().map(text -> " (default " + text + ")").orElse("");
        return OptionSpec.builder(setting.flag())
                .type(String.class)
                .paramLabel(setting.valueName())
                .description(setting.help() + byDefault)
                .build();
    }

    @Override
    public Integer call() throws Exception {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            if (commandLine.getParseResult().hasMatchedOption(setting.flag())) {
                flags.put(setting, commandLine.getParseResult().matchedOptionValue(setting.flag(), ""));
            }
        }
        runner.run(Settings.load(console.environment(), flags));
        return ExitCode.FAILED;
    }
}
