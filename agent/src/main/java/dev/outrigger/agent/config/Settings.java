package dev.outrigger.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one agent runs with: checked, complete, never changing. What each means stands with its {@link Setting}.
 *
 * @param members sorted by name, each name and address once, {@code node} among them
 * @param app {@code http}, with host and port, without a path
 * @param heartbeat at most a third of {@code electionTimeout}
 * @param maxCommandBytes 1 to {@link #MAX_COMMAND_BYTES_MAX}
 * @param priority 0 to 100
 * @param sessionTimeToLive one second to seven days
 * @param tls empty: peers talk in plain text
 * @param token empty: the client API asks for none
 * @param effective every setting as it is used and where it came from, secrets redacted, for the log and the status page
 */
public record Settings(
        String cluster,
        String node,
        List<Member> members,
        Path data,
        URI app,
        HostPort api,
        HostPort peer,
        HostPort ops,
        Durability durability,
        Duration electionTimeout,
        Duration heartbeat,
        int maxCommandBytes,
        Optional<String> zone,
        int priority,
        Snapshots snapshots,
        Duration sessionTimeToLive,
        Optional<TlsFiles> tls,
        Optional<Secret> token,
        List<Effective> effective) {

    /** Larger artefacts belong beside the log, with a digest in it. */
    public static final int MAX_COMMAND_BYTES_MAX = 64 << 20;

    public Settings {
        members = List.copyOf(members);
        effective = List.copyOf(effective);
    }

    /**
     * Reads file, environment and flags. Blocks on the file system, and on the resolver when the host name is needed.
     *
     * @param environment the process environment; names that do not start with {@code OUTRIGGER_} are ignored
     * @param flags by setting, as given on the command line
     * @throws SettingsException in one line, for the first value that cannot be used
     */
    public static Settings load(Map<String, String> environment, Map<Setting, String> flags) {
        return new SettingsReader(GivenSettings.gather(environment, flags), new HostName(environment)).read();
    }

    /**
     * The data directory alone, for what looks into it while no agent runs; from where {@link #load} takes it.
     *
     * @throws SettingsException in one line, when there are settings that cannot be used
     */
    public static Path dataDirectory(Map<String, String> environment, Map<Setting, String> flags) {
        return new SettingsReader(GivenSettings.gather(environment, flags), new HostName(environment)).dataDirectory();
    }

    /** When votes and acknowledgements may leave. */
    public enum Durability {
        /** After the disk has them. */
        DISK,
        /** After the page cache has them: a power cut may lose what was acknowledged. */
        MEMORY
    }

    /** @param bytesPerSecond at most so fast they are taken, and at most so fast they are sent */
    public record Snapshots(long logBytes, long tailBytes, long bytesPerSecond) {}

    /** @param peer where its peer listener is reached; resolved at every connect */
    public record Member(String name, HostPort peer) {
        @Override
        public String toString() {
            return name + "=" + peer;
        }
    }

    /** PEM files, readable when the settings were read. */
    public record TlsFiles(Path certificate, Path key, Path authorities) {}

    /**
     * One line of the effective settings.
     *
     * @param name the environment name
     * @param value as it is used; {@code (redacted)} for secrets; empty when not set
     * @param origin {@code flag --data}, {@code environment OUTRIGGER_DATA}, {@code data in FILE}, {@code default}, or
     *     {@code host name}
     */
    public record Effective(String name, String value, String origin) {}
}
