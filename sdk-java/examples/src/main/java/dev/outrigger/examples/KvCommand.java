package dev.outrigger.examples;

import dev.outrigger.examples.kv.KeyValuePages;
import dev.outrigger.examples.kv.KeyValueStore;
import dev.outrigger.examples.web.WebServer;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Outrigger;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "kv", description = "A replicated map from text to text.", mixinStandardHelpOptions = true)
final class KvCommand implements Callable<Integer> {
    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Mixin
    private WebOptions web = new WebOptions();

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "Serves GET, PUT and DELETE /keys/KEY at this port; without it there is no such face.")
    private @Nullable Integer webPort;

    @Override
    public Integer call() throws IOException {
        KeyValueStore store = new KeyValueStore();
        Outrigger outrigger = Outrigger.connect(agent.client());
        AppServer server = AppServer.start(store, agent.app());
        Stop.onExit(outrigger, server);
        System.out.println("kv: the agent finds this application at http://127.0.0.1:" + server.port());
        if (webPort != null) {
            WebServer pages = web.start(webPort, new KeyValuePages(store, server, outrigger));
            System.out.println("kv: keys are at " + web.url(pages) + "keys/");
        }
        return 0;
    }
}
