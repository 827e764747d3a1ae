package dev.outrigger.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final String MEMBERS = "b=host-b:7412,a=host-a:7412,c=[fd00::1]:7412";

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>(
            Map.of("OUTRIGGER_CLUSTER", "orders", "OUTRIGGER_NODE", "a", "OUTRIGGER_MEMBERS", MEMBERS, "PATH", "/bin"));
    private final Map<Setting, String> flags = new HashMap<>();

    @Test
    void threeValuesAreEnough() {
        Settings settings = load();

        assertEquals("orders", settings.cluster());
        assertEquals("a", settings.node());
        assertEquals(Path.of("/var/lib/outrigger"), settings.data());
        assertEquals("http://127.0.0.1:7410", settings.app().toString());
        assertEquals(new HostPort("127.0.0.1", 7411), settings.api());
        assertEquals(new HostPort("0.0.0.0", 7412), settings.peer());
        assertEquals(new HostPort("0.0.0.0", 7413), settings.ops());
        assertEquals(Settings.Durability.DISK, settings.durability());
        assertEquals(Duration.ofSeconds(1), settings.electionTimeout());
        assertEquals(Duration.ofMillis(100), settings.heartbeat());
        assertEquals(1 << 20, settings.maxCommandBytes());
        assertEquals(Optional.empty(), settings.zone());
        assertEquals(Duration.ofHours(1), settings.sessionTimeToLive());
        assertEquals(0, settings.priority());
        assertEquals(Optional.empty(), settings.tls());
        assertTrue(settings.token().isEmpty());
    }

    @Test
    void membersAreSortedByNameHoweverTheyAreWritten() {
        assertEquals(
                "[a=host-a:7412, b=host-b:7412, c=[fd00::1]:7412]",
                load().members().toString());
    }

    @Test
    void flagsBeatEnvironmentBeatsFile() throws IOException {
        file("heartbeat = 20ms", "zone: east", "priority = 3");
        environment.put("OUTRIGGER_HEARTBEAT", "30ms");
        environment.put("OUTRIGGER_ZONE", "west");
        flags.put(Setting.HEARTBEAT, "40ms");

        Settings settings = load();

        assertEquals(Duration.ofMillis(40), settings.heartbeat());
        assertEquals(Optional.of("west"), settings.zone());
        assertEquals(3, settings.priority());
        assertEquals("flag --heartbeat", origin(settings, "OUTRIGGER_HEARTBEAT"));
        assertEquals("environment OUTRIGGER_ZONE", origin(settings, "OUTRIGGER_ZONE"));
        assertEquals("priority in " + directory.resolve("o.conf"), origin(settings, "OUTRIGGER_PRIORITY"));
        assertEquals("default", origin(settings, "OUTRIGGER_DATA"));
        assertEquals("not set", origin(settings, "OUTRIGGER_TLS_CA"));
    }

    @Test
    void theFileMayBeNamedByFlag() throws IOException {
        Path other = Files.writeString(directory.resolve("other.conf"), "max-command = 512KiB\n");
        file("max-command = 1KiB");
        flags.put(Setting.CONFIG, other.toString());

        assertEquals(512 << 10, load().maxCommandBytes());
    }

    @Test
    void everySettingCanBeGivenInTheFile() throws IOException {
        Path pem = Files.writeString(directory.resolve("pem"), "x");
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        environment.clear();
        file(
                "cluster = orders",
                "node = a",
                "members = " + MEMBERS,
                "data = /data",
                "app = http://127.0.0.1:8000",
                "api = [::1]:1",
                "peer = 0.0.0.0:2",
                "ops = localhost:0",
                "durability = memory",
                "election-timeout = 2m",
                "heartbeat = 5s  ",
                "max-command = 100",
                "zone = eu-1",
                "session-ttl = 7d",
                "priority = 100",
                "tls-cert = " + pem,
                "tls-key = " + pem,
                "tls-ca = " + pem,
                "token-file = " + token);

        Settings settings = load();

        assertEquals(new HostPort("::1", 1), settings.api());
        assertEquals(Settings.Durability.MEMORY, settings.durability());
        assertEquals(Duration.ofMinutes(2), settings.electionTimeout());
        assertEquals(Duration.ofSeconds(5), settings.heartbeat());
        assertEquals(Duration.ofDays(7), settings.sessionTimeToLive());
        assertEquals(100, settings.maxCommandBytes());
        assertEquals(Optional.of(new Settings.TlsFiles(pem, pem, pem)), settings.tls());
        assertEquals("s3cret", settings.token().orElseThrow().reveal());
        assertEquals(Setting.values().length, settings.effective().size());
    }

    @Test
    void secretsAreNeverShown() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "s3cret");
        environment.put("OUTRIGGER_TOKEN_FILE", token.toString());

        String shown = load().toString();

        assertTrue(!shown.contains("s3cret") && !shown.contains(token.toString()), shown);
        environment.put("OUTRIGGER_TOKEN_FILE", "s3cret-itself");
        refused("environment OUTRIGGER_TOKEN_FILE: the value does not name a file that this process can read");
    }

    @Test
    void theHostNameNamesTheNodeWhenNothingElseDoes() {
        environment.remove("OUTRIGGER_NODE");
        environment.put("HOSTNAME", "b");

        Settings settings = load();

        assertEquals("b", settings.node());
        assertEquals("host name", origin(settings, "OUTRIGGER_NODE"));
    }

    @Test
    void anEmptyZoneIsNoZone() {
        environment.put("OUTRIGGER_ZONE", "");

        assertEquals(Optional.empty(), load().zone());
    }

    @Test
    void namesEverySettingThatIsMissing() {
        environment.remove("OUTRIGGER_CLUSTER");
        refused("OUTRIGGER_CLUSTER is not set: name of the cluster");
        environment.put("OUTRIGGER_CLUSTER", "orders");
        environment.remove("OUTRIGGER_MEMBERS");
        refused("OUTRIGGER_MEMBERS is not set: first members");
    }

    @Test
    void refusesUnknownNames() throws IOException {
        environment.put("OUTRIGGER_HARTBEAT", "1s");
        refused("environment OUTRIGGER_HARTBEAT: there is no such setting; 'outrigger help agent' lists");
        environment.remove("OUTRIGGER_HARTBEAT");
        file("election_timeout = 1s");
        refused("'election_timeout' in " + directory.resolve("o.conf") + ": there is no such setting");
        file("config = other");
        refused("'config' in " + directory.resolve("o.conf") + ": there is no such setting");
    }

    @Test
    void knowsTheVariablesThatKubernetesInjects() {
        for (String name : List.of(
                "OUTRIGGER_PORT",
                "OUTRIGGER_SERVICE_HOST",
                "OUTRIGGER_API_SERVICE_PORT",
                "OUTRIGGER_SERVICE_PORT_PEER",
                "OUTRIGGER_PORT_7412_TCP_ADDR")) {
            environment.put(name, "10.0.0.1");
            refused("environment " + name + ": there is no such setting; Kubernetes", "enableServiceLinks: false");
            environment.remove(name);
        }
        environment.put("OUTRIGGER_X", "tcp://10.0.0.1:7412");
        refused("environment OUTRIGGER_X", "enableServiceLinks: false");
    }

    @Test
    void refusesUnusableValuesAndSaysFromWhere() {
        flag(Setting.CLUSTER, "a b", "flag --cluster: 'a b' is not a name");
        flag(Setting.NODE, "d", "OUTRIGGER_NODE (flag --node): 'd' is not among the members a, b, c");
        flag(Setting.APP, "https://x:1", "flag --app: 'https://x:1' is not the URL");
        flag(Setting.APP, "http://u:p@x:1", "flag --app:");
        flag(Setting.APP, "http://x:1/path", "flag --app:");
        flag(Setting.APP, "http://x", "flag --app:");
        flag(Setting.APP, "no url", "flag --app:");
        flag(Setting.API, "7411", "flag --api: '7411' is not an address");
        flag(Setting.PEER, "::1:7412", "flag --peer: '::1:7412' is not an address; write it like 127.0.0.1:7411 or [");
        flag(Setting.OPS, "host:65536", "flag --ops:");
        flag(Setting.DATA, "a\0b", "flag --data:");
        flag(Setting.DURABILITY, "none", "flag --durability: 'none' is not a durability; write disk or memory");
        flag(Setting.ELECTION_TIMEOUT, "1", "flag --election-timeout: '1' is not a duration; write it like 250ms");
        flag(Setting.ELECTION_TIMEOUT, "1 s", "flag --election-timeout:");
        flag(Setting.ELECTION_TIMEOUT, "-1s", "flag --election-timeout:");
        flag(Setting.ELECTION_TIMEOUT, "9999999999999s", "flag --election-timeout:");
        flag(Setting.ELECTION_TIMEOUT, "10ms", "flag --election-timeout: '10ms' is out of range; choose from 50ms");
        flag(Setting.HEARTBEAT, "0ms", "flag --heartbeat: '0ms' is too short");
        flag(Setting.MAX_COMMAND, "1MB", "flag --max-command: '1MB' is not a size; write it like 512KiB");
        flag(Setting.MAX_COMMAND, "0", "flag --max-command: '0' is out of range");
        flag(Setting.MAX_COMMAND, "65MiB", "flag --max-command: '65MiB' is out of range");
        flag(Setting.SESSION_TTL, "999ms", "flag --session-ttl: '999ms' is out of range; choose from 1s to 7d");
        flag(Setting.SESSION_TTL, "8d", "flag --session-ttl: '8d' is out of range");
        flag(Setting.PRIORITY, "101", "flag --priority: '101' is not a priority");
        flag(Setting.PRIORITY, "-1", "flag --priority:");
        flag(Setting.ZONE, "a\nb", "flag --zone: 'a b' is not a name");
        flag(Setting.DATA, " ", "flag --data: the value is empty");
    }

    @Test
    void refusesUnusableMembers() {
        flag(Setting.MEMBERS, "a=h:1,a=i:1", "flag --members:", "lists member 'a' twice");
        flag(Setting.MEMBERS, "a=h:1,b=h:1", "flag --members:", "gives the address h:1 to two members");
        flag(Setting.MEMBERS, "a=h:1,", "flag --members:", "has the entry '', which is not name=host:port");
        flag(Setting.MEMBERS, "a=h", "has the entry 'a=h'");
        flag(Setting.MEMBERS, "a=h:0", "has the entry 'a=h:0'");
        flag(Setting.MEMBERS, "h:7412", "has the entry 'h:7412'");
    }

    @Test
    void heartbeatIsWellBelowTheElectionTimeout() {
        environment.put("OUTRIGGER_ELECTION_TIMEOUT", "300ms");
        environment.put("OUTRIGGER_HEARTBEAT", "100ms");
        assertEquals(Duration.ofMillis(100), load().heartbeat());

        environment.put("OUTRIGGER_ELECTION_TIMEOUT", "299ms");
        refused("environment OUTRIGGER_HEARTBEAT: '100ms' is too long; choose at most a third of the election timeout, "
                + "which is 299ms (environment OUTRIGGER_ELECTION_TIMEOUT)");
        environment.remove("OUTRIGGER_HEARTBEAT");
        refused("default of OUTRIGGER_HEARTBEAT: '100ms' is too long");
    }

    @Test
    void tlsNeedsAllThreeFiles() throws IOException {
        Path pem = Files.writeString(directory.resolve("pem"), "x");
        environment.put("OUTRIGGER_TLS_CERT", pem.toString());
        environment.put("OUTRIGGER_TLS_KEY", pem.toString());
        refused("OUTRIGGER_TLS_CA is not set, but environment OUTRIGGER_TLS_CERT is; mutual TLS needs");
        environment.put("OUTRIGGER_TLS_CA", directory.resolve("none").toString());
        refused("environment OUTRIGGER_TLS_CA: '" + directory.resolve("none") + "' does not name a file");
    }

    @Test
    void refusesTokenFilesWithoutAToken() throws IOException {
        for (String content : List.of("", "\n", "two words", "h\u00f6he", "x".repeat(5000))) {
            Path token = Files.writeString(directory.resolve("token"), content);
            environment.put("OUTRIGGER_TOKEN_FILE", token.toString());
            refused("environment OUTRIGGER_TOKEN_FILE: the value names a file that holds no bearer token");
        }
        environment.put("OUTRIGGER_TOKEN_FILE", "");
        refused("environment OUTRIGGER_TOKEN_FILE: the value is empty");
    }

    @Test
    void refusesFilesThatCannotBeRead() throws IOException {
        environment.put("OUTRIGGER_CONFIG", directory.resolve("none").toString());
        refused("environment OUTRIGGER_CONFIG: '" + directory.resolve("none") + "' cannot be read", "NoSuchFile");
        file("zone = \\u00g0");
        refused("environment OUTRIGGER_CONFIG: ", "cannot be read");
        Files.write(directory.resolve("o.conf"), new byte[] {'z', '=', (byte) 0xff});
        refused("environment OUTRIGGER_CONFIG: ", "cannot be read");
    }

    private Settings load() {
        return Settings.load(environment, flags);
    }

    private void flag(Setting setting, String text, String... parts) {
        flags.put(setting, text);
        refused(parts);
        flags.remove(setting);
    }

    private void refused(String... parts) {
        String message =
                String.valueOf(assertThrows(SettingsException.class, this::load).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), "expected '" + part + "' in: " + message);
        }
        assertTrue(message.startsWith(parts[0]) || parts[0].startsWith("has "), message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), "one line: " + message);
    }

    private void file(String... lines) throws IOException {
        Path file = Files.write(directory.resolve("o.conf"), List.of(lines));
        environment.put("OUTRIGGER_CONFIG", file.toString());
    }

    private static String origin(Settings settings, String name) {
        return settings.effective().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .origin();
    }
}
