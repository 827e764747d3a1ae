package dev.outrigger.agent.http;

/**
 * Where a listener listens.
 *
 * @param setting the setting that says so, for errors
 * @param host name or address, IPv6 without brackets
 * @param port 0 lets the system choose
 */
public record ListenAddress(String setting, String host, int port) {
    /** Whether it stands for every address of this machine. */
    boolean wildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
