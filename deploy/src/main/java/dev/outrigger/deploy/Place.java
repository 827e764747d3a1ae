package dev.outrigger.deploy;

import java.net.URI;
import java.nio.file.Path;

/**
 * Where one instance lives: its name, its directory and its ports on loopback.
 *
 * @param directory holds the agent's data and both logs
 * @param firstPort the first of {@link #PORTS} adjacent ports
 */
public record Place(String name, Path directory, int firstPort) {
    static final int PORTS = 5;

    /** Where the application serves the app channel. */
    public int appPort() {
        return firstPort;
    }

    public String api() {
        return "127.0.0.1:" + (firstPort + 1);
    }

    public String peer() {
        return "127.0.0.1:" + (firstPort + 2);
    }

    public String ops() {
        return "127.0.0.1:" + (firstPort + 3);
    }

    /** For applications that serve a page. */
    public int webPort() {
        return firstPort + 4;
    }

    public Path data() {
        return directory.resolve("data");
    }

    public URI apiUri() {
        return URI.create("http://" + api());
    }

    public URI opsUri() {
        return URI.create("http://" + ops());
    }
}
