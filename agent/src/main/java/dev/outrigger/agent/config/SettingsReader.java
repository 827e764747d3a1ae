package dev.outrigger.agent.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Turns texts into {@link Settings}, or refuses them in one line. */
final class SettingsReader {
    private static final Duration ELECTION_TIMEOUT_MIN = Duration.ofMillis(50);
    private static final Duration ELECTION_TIMEOUT_MAX = Duration.ofMinutes(2);
    private static final Duration HEARTBEAT_MIN = Duration.ofMillis(5);
    private static final int HEARTBEATS_PER_ELECTION_TIMEOUT_MIN = 3;
    private static final long SNAPSHOT_LOG_MIN = 64 << 10;
    private static final long SNAPSHOT_RATE_MIN = 64 << 10;
    private static final Duration SESSION_TTL_MIN = Duration.ofSeconds(1);
    private static final Duration SESSION_TTL_MAX = Duration.ofDays(7);
    private static final int PRIORITY_MAX = 100;

    private final GivenSettings given;
    private final HostName hostName;

    SettingsReader(GivenSettings given, HostName hostName) {
        this.given = given;
        this.hostName = hostName;
    }

    Settings read() {
        Given cluster = required(Setting.CLUSTER);
        Given node = given.find(Setting.NODE).orElseGet(this::nodeFromHostName);
        Given members = required(Setting.MEMBERS);
        MemberList list = MemberList.parse(members);
        list.requireMember(node);
        Duration electionTimeout = electionTimeout();
        return new Settings(
                Names.require(cluster),
                Names.require(node),
                list.members(),
                dataDirectory(),
                app(required(Setting.APP)),
                address(Setting.API),
                address(Setting.PEER),
                address(Setting.OPS),
                durability(required(Setting.DURABILITY)),
                electionTimeout,
                heartbeat(electionTimeout),
                maxCommandBytes(required(Setting.MAX_COMMAND)),
                given.find(Setting.ZONE).map(Names::require),
                priority(required(Setting.PRIORITY)),
                snapshots(),
                sessionTimeToLive(),
                tls(),
                given.find(Setting.TOKEN_FILE).map(TokenFile::read),
                effective(node));
    }

    Path dataDirectory() {
        return path(required(Setting.DATA));
    }

    private Given required(Setting setting) {
        return given.find(setting)
                .orElseThrow(() -> new SettingsException(setting.environmentName() + " is not set: "
                        + setting.help() + "; give it in the environment, as " + setting.flag() + ", or as "
                        + setting.key() + " in the file named by " + Setting.CONFIG.environmentName()));
    }

    private Given nodeFromHostName() {
        return hostName.find()
                .map(name -> new Given(Setting.NODE, name, "host name"))
                .orElseThrow(() -> new SettingsException(
                        Setting.NODE.environmentName() + " is not set, and this machine has no host name"));
    }

    private HostPort address(Setting setting) {
        Given value = required(setting);
        return HostPort.parse(value.text())
                .orElseThrow(() -> value.refused("is not an address; write it like 127.0.0.1:7411 or [::1]:7411"));
    }

    private static URI app(Given value) {
        try {
            URI uri = new URI(value.text());
            boolean usable = "http".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && uri.getUserInfo() == null
                    && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
            if (usable) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // refused below, like every other text that is not such a URL
        }
        throw value.refused("is not the URL of an application; write it like http://127.0.0.1:7410");
    }

    private static Settings.Durability durability(Given value) {
        return switch (value.text()) {
            case "disk" -> Settings.Durability.DISK;
            case "memory" -> Settings.Durability.MEMORY;
            default -> throw value.refused("is not a durability; write disk or memory");
        };
    }

    private static Duration duration(Given value) {
        return Units.duration(value.text())
                .orElseThrow(() -> value.refused("is not a duration; write it like 250ms, 5s or 2m"));
    }

    private Duration electionTimeout() {
        Given value = required(Setting.ELECTION_TIMEOUT);
        Duration timeout = duration(value);
        if (timeout.compareTo(ELECTION_TIMEOUT_MIN) < 0 || timeout.compareTo(ELECTION_TIMEOUT_MAX) > 0) {
            throw value.refused("is out of range; choose from 50ms to 2m");
        }
        return timeout;
    }

    private Duration heartbeat(Duration electionTimeout) {
        Given value = required(Setting.HEARTBEAT);
        Duration heartbeat = duration(value);
        if (heartbeat.compareTo(HEARTBEAT_MIN) < 0) {
            throw value.refused("is too short; choose at least 5ms");
        }
        if (heartbeat.multipliedBy(HEARTBEATS_PER_ELECTION_TIMEOUT_MIN).compareTo(electionTimeout) > 0) {
            Given timeout = required(Setting.ELECTION_TIMEOUT);
            throw value.refused("is too long; choose at most a third of the election timeout, which is "
                    + timeout.text() + " (" + timeout.place() + ")");
        }
        return heartbeat;
    }

    private Duration sessionTimeToLive() {
        Given value = required(Setting.SESSION_TTL);
        Duration timeToLive = duration(value);
        if (timeToLive.compareTo(SESSION_TTL_MIN) < 0 || timeToLive.compareTo(SESSION_TTL_MAX) > 0) {
            throw value.refused("is out of range; choose from 1s to 7d");
        }
        return timeToLive;
    }

    private Settings.Snapshots snapshots() {
        return new Settings.Snapshots(
                sizeFrom(SNAPSHOT_LOG_MIN, required(Setting.SNAPSHOT_LOG)),
                bytes(required(Setting.LOG_TAIL)),
                sizeFrom(SNAPSHOT_RATE_MIN, required(Setting.SNAPSHOT_RATE)));
    }

    private static long sizeFrom(long bytesMin, Given value) {
        long bytes = bytes(value);
        if (bytes < bytesMin) {
            throw value.refused("is too small; choose at least " + (bytesMin >> 10) + "KiB");
        }
        return bytes;
    }

    private static long bytes(Given value) {
        return Units.bytes(value.text())
                .orElseThrow(() -> value.refused("is not a size; write it like 512KiB, 1MiB or 1048576 (bytes)"));
    }

    private static int maxCommandBytes(Given value) {
        long bytes = bytes(value);
        if (bytes < 1 || bytes > Settings.MAX_COMMAND_BYTES_MAX) {
            throw value.refused("is out of range; choose from 1 byte to 64MiB");
        }
        return (int) bytes;
    }

    private static int priority(Given value) {
        OptionalLong number = Units.number(value.text());
        if (number.isEmpty() || number.getAsLong() > PRIORITY_MAX) {
            throw value.refused("is not a priority; write a whole number from 0 to " + PRIORITY_MAX);
        }
        return (int) number.getAsLong();
    }

    private Optional<Settings.TlsFiles> tls() {
        List<Setting> all = List.of(Setting.TLS_CERT, Setting.TLS_KEY, Setting.TLS_CA);
        List<Given> set = all.stream().flatMap(one -> given.find(one).stream()).toList();
        if (set.isEmpty()) {
            return Optional.empty();
        }
        for (Setting one : all) {
            if (given.find(one).isEmpty()) {
                throw new SettingsException(one.environmentName() + " is not set, but "
                        + set.get(0).place() + " is; mutual TLS needs certificate, key and authorities together");
            }
        }
        return Optional.of(
                new Settings.TlsFiles(readableFile(set.get(0)), readableFile(set.get(1)), readableFile(set.get(2))));
    }

    private static Path readableFile(Given value) {
        Path path = path(value);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw value.refused("does not name a file that this process can read");
        }
        return path;
    }

    private static Path path(Given value) {
        try {
            return Path.of(value.text());
        } catch (InvalidPathException e) {
            throw value.refused("is not a path");
        }
    }

    private List<Settings.Effective> effective(Given node) {
        List<Settings.Effective> effective = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            Optional<Given> value = setting == Setting.NODE ? Optional.of(node) : given.find(setting);
            effective.add(new Settings.Effective(
                    setting.environmentName(),
                    value.map(one -> setting.secret() ? "(redacted)" : one.text())
                            .orElse(""),
                    value.map(Given::origin).orElse("not set")));
        }
        return effective;
    }
}
