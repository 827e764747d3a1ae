package dev.outrigger.examples;

import dev.outrigger.sdk.AppOptions;
import dev.outrigger.sdk.OutriggerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an example and the agent beside it meet. */
final class AgentOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of the app channel on 127.0.0.1, which the agent calls; default ${DEFAULT-VALUE}.")
    private int port = 7410;

    @Option(names = "--agent", paramLabel = "URL", description = "The agent's client API; default ${DEFAULT-VALUE}.")
    private URI agent = URI.create("http://127.0.0.1:7411");

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "The file that the agent's OUTRIGGER_TOKEN_FILE names, when it does.")
    private @Nullable Path tokenFile;

    AppOptions app() throws IOException {
        AppOptions options = AppOptions.defaults().withPort(port);
        return token().map(options::withToken).orElse(options);
    }

    OutriggerOptions client() throws IOException {
        OutriggerOptions options = OutriggerOptions.defaults().withAgent(agent);
        return token().map(options::withToken).orElse(options);
    }

    private Optional<String> token() throws IOException {
        if (tokenFile == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(tokenFile).strip());
        } catch (IOException e) {
            throw new IOException("cannot read --token-file: " + e, e);
        }
    }
}
