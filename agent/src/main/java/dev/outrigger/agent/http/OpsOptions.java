package dev.outrigger.agent.http;

import java.time.Duration;
import java.util.List;

/**
 * Where the ops listener serves and what it shows.
 *
 * @param settings every setting as it is used, secrets redacted
 * @param stallMax how long the node's event loop may not tick before {@code /livez} fails
 * @param statusTimeout how long to wait for the node's status
 * @param connectionsMax open connections; more are closed at once
 */
public record OpsOptions(
        ListenAddress address,
        List<SettingRow> settings,
        Duration stallMax,
        Duration statusTimeout,
        int connectionsMax) {
    private static final Duration STALL_MAX = Duration.ofSeconds(10);
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(2);
    private static final int CONNECTIONS_MAX = 256;

    public OpsOptions {
        settings = List.copyOf(settings);
    }

    public static OpsOptions withDefaults(ListenAddress address, List<SettingRow> settings) {
        return new OpsOptions(address, settings, STALL_MAX, STATUS_TIMEOUT, CONNECTIONS_MAX);
    }

    /**
     * One setting on the status page.
     *
     * @param value empty when not set
     * @param origin where the value came from
     */
    public record SettingRow(String name, String value, String origin) {}
}
