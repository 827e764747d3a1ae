package dev.outrigger.examples;

import dev.outrigger.examples.lightbulb.BulbPages;
import dev.outrigger.examples.lightbulb.Lightbulb;
import dev.outrigger.examples.lightbulb.LivePicture;
import dev.outrigger.examples.web.WebServer;
import dev.outrigger.sdk.AppServer;
import dev.outrigger.sdk.Outrigger;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "lightbulb",
        description = "One bulb that is on or off, and a web page on every instance that shows and switches it.",
        mixinStandardHelpOptions = true)
final class LightbulbCommand implements Callable<Integer> {
    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Mixin
    private WebOptions web = new WebOptions();

    @Option(names = "--web-port", paramLabel = "PORT", description = "Port of the page; default ${DEFAULT-VALUE}.")
    private int webPort = 8080;

    @Override
    public Integer call() throws IOException {
        LivePicture picture = new LivePicture();
        Outrigger outrigger = Outrigger.connect(agent.client());
        AppServer server = AppServer.start(new Lightbulb(picture), agent.app());
        server.leadership(picture::leadership);
        Stop.onExit(outrigger, server);
        System.out.println("lightbulb: the agent finds this application at http://127.0.0.1:" + server.port());
        WebServer pages = web.start(webPort, new BulbPages(picture, outrigger));
        System.out.println("lightbulb: the bulb is at " + web.url(pages));
        return 0;
    }
}
