package dev.outrigger.agent.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** Bytes given as an argument or on standard input. */
final class Input {
    private final Main.Console console;

    @Parameters(
            arity = "0..1",
            paramLabel = "DATA",
            description = "the bytes, as UTF-8 text; - or nothing: read from standard input")
    private Optional<String> data = Optional.empty();

    Input(Main.Console console) {
        this.console = console;
    }

    byte[] bytes() throws IOException {
        if (data.isEmpty() || data.get().equals("-")) {
            return console.in().readAllBytes();
        }
        return data.get().getBytes(StandardCharsets.UTF_8);
    }
}
