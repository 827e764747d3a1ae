package dev.outrigger.agent.config;

import java.util.Locale;
import java.util.Optional;

/**
 * Every setting there is. One constant gives all three names: {@code ELECTION_TIMEOUT} is {@code
 * OUTRIGGER_ELECTION_TIMEOUT} in the environment, {@code --election-timeout} as a flag and {@code election-timeout} in
 * the file.
 */
public enum Setting {
    CONFIG("FILE", "", "file of settings, 'key = value' a line; environment and flags beat it"),
    CLUSTER("NAME", "", "name of the cluster, the same on every member; required"),
    NODE("NAME", "", "name of this member; when not set, the host name"),
    MEMBERS("LIST", "", "first members, a=host:7412,b=host:7412,c=host:7412, the same list everywhere; required"),
    DATA("DIRECTORY", "/var/lib/outrigger", "data directory, on a local or block volume"),
    APP("URL", "http://127.0.0.1:7410", "where the application serves the app channel"),
    API("HOST:PORT", "127.0.0.1:7411", "listen address of the client API"),
    PEER("HOST:PORT", "0.0.0.0:7412", "listen address for other agents"),
    OPS("HOST:PORT", "0.0.0.0:7413", "listen address of status page, health and metrics"),
    DURABILITY("disk|memory", "disk", "disk: synced before any vote or acknowledgement; memory: page cache only"),
    ELECTION_TIMEOUT("DURATION", "1s", "silence of the leader after which a member stands for election"),
    HEARTBEAT("DURATION", "100ms", "how often the leader is heard; at most a third of the election timeout"),
    MAX_COMMAND("SIZE", "1MiB", "largest command accepted"),
    SNAPSHOT_LOG("SIZE", "128MiB", "a snapshot is due after this much log, or twice the size of the last one"),
    LOG_TAIL("SIZE", "64MiB", "log kept before a snapshot, for followers that are a little slow"),
    SNAPSHOT_RATE("SIZE", "64MiB", "bytes a second at which snapshots are taken, and at which they are sent, at most"),
    SESSION_TTL("DURATION", "1h", "time without use after which a client's session ends"),
    ZONE("NAME", "", "failure domain of this member, a hint for leadership"),
    PRIORITY("0..100", "0", "the higher, the rather this member leads"),
    TLS_CERT("FILE", "", "certificate chain of the peer listener, PEM"),
    TLS_KEY("FILE", "", "private key of the peer listener, PEM", true),
    TLS_CA("FILE", "", "authorities that peers must be signed by, PEM"),
    TOKEN_FILE("FILE", "", "file with the bearer token that the client API asks for and the app channel sends", true);

    /** What every name in the environment starts with. */
    public static final String ENVIRONMENT_PREFIX = "OUTRIGGER_";

    private final String valueName;
    private final String defaultText;
    private final String help;
    private final boolean secret;

    Setting(String valueName, String defaultText, String help) {
        this(valueName, defaultText, help, false);
    }

    Setting(String valueName, String defaultText, String help, boolean secret) {
        this.valueName = valueName;
        this.defaultText = defaultText;
        this.help = help;
        this.secret = secret;
    }

    /** Name in the file, such as {@code election-timeout}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Name on the command line, such as {@code --election-timeout}. */
    public String flag() {
        return "--" + key();
    }

    /** Name in the environment, such as {@code OUTRIGGER_ELECTION_TIMEOUT}. */
    public String environmentName() {
        return ENVIRONMENT_PREFIX + name();
    }

    /** What kind of value it takes, with its unit, for help texts. */
    public String valueName() {
        return valueName;
    }

    /** The default as a user would write it; empty when there is none. */
    public Optional<String> defaultText() {
        return defaultText.isEmpty() ? Optional.empty() : Optional.of(defaultText);
    }

    /** What it is for, in one line. */
    public String help() {
        return help;
    }

    /**
     * Whether its value is never shown, not even in errors. These name files, but a user who puts the secret itself there
     * must not find it on the status page.
     */
    public boolean secret() {
        return secret;
    }
}
