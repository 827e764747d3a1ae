package dev.outrigger.examples;

import dev.outrigger.examples.web.WebHandler;
import dev.outrigger.examples.web.WebServer;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Where an example shows itself to people. */
final class WebOptions {
    @Option(
            names = "--web-host",
            paramLabel = "ADDRESS",
            description = "Address the web port listens on; default ${DEFAULT-VALUE}. With 0.0.0.0 everybody who can"
                    + " reach this host can use it.")
    private String host = "127.0.0.1";

    WebServer start(int port, WebHandler handler) throws IOException {
        return WebServer.start(host, port, handler);
    }

    String url(WebServer server) {
        return "http://" + host + ":" + server.port() + "/";
    }
}
