package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import io.vertx.core.net.HostAndPort;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How to reach the peers and be reached by them.
 *
 * @param self this member
 * @param listenHost address to listen on
 * @param listenPort port to listen on, 0 for any free one
 * @param peers where every other member is, {@code host:port}
 * @param limits bounds of memory
 * @param timing bounds of time
 * @param tls when present, every connection is mutually authenticated
 */
public record PeerOptions(
        MemberId self,
        String listenHost,
        int listenPort,
        Map<MemberId, String> peers,
        Limits limits,
        Timing timing,
        Optional<TlsFiles> tls) {
    public PeerOptions {
        peers = Collections.unmodifiableMap(new TreeMap<>(peers));
        if (peers.containsKey(self)) {
            throw new IllegalArgumentException(self + " is not its own peer");
        }
        peers.values().forEach(PeerOptions::address);
    }

    /** With default limits and timing, without TLS. */
    public static PeerOptions of(MemberId self, String listenHost, int listenPort, Map<MemberId, String> peers) {
        return new PeerOptions(self, listenHost, listenPort, peers, Limits.DEFAULT, Timing.DEFAULT, Optional.empty());
    }

    public PeerOptions with(Limits newLimits) {
        return new PeerOptions(self, listenHost, listenPort, peers, newLimits, timing, tls);
    }

    public PeerOptions with(Timing newTiming) {
        return new PeerOptions(self, listenHost, listenPort, peers, limits, newTiming, tls);
    }

    public PeerOptions with(TlsFiles files) {
        return new PeerOptions(self, listenHost, listenPort, peers, limits, timing, Optional.of(files));
    }

    /** Whether this is {@code host:port}, as peers are given. */
    public static boolean isAddress(String hostAndPort) {
        try {
            address(hostAndPort);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static HostAndPort address(String hostAndPort) {
        HostAndPort address = HostAndPort.parseAuthority(hostAndPort, -1);
        if (address == null
                || address.port() < 1
                || address.port() > 65535
                || address.host().isEmpty()) {
            throw new IllegalArgumentException("not host:port: '" + hostAndPort + "'");
        }
        return address;
    }

    /**
     * @param frameBytesMax longest frame sent or taken; a longer message is not sent, and a peer that sends one is cut off
     * @param sendQueueBytesMax what may wait for one peer's socket; messages beyond it are dropped
     * @param ungreetedMax incoming connections that have not said who they are; more are closed at once
     */
    public record Limits(int frameBytesMax, long sendQueueBytesMax, int ungreetedMax) {
        public static final Limits DEFAULT = new Limits(16 * 1024 * 1024, 64L * 1024 * 1024, 64);

        public Limits {
            if (frameBytesMax < 1 || sendQueueBytesMax < frameBytesMax + 4L || ungreetedMax < 1) {
                throw new IllegalArgumentException("a frame must fit into the send queue: " + frameBytesMax + " into "
                        + sendQueueBytesMax + " bytes");
            }
        }
    }

    /**
     * @param connectTimeoutMillis how long a TCP connect may take
     * @param greetingTimeoutMillis how long either side may take to greet, the TLS handshake as well; complete silence
     *     ends a connection earlier
     * @param idleTimeoutMillis silence after which a connection counts as dead; signs of life go four times as often. Ten
     *     heartbeats is a good value
     * @param reconnectMinMillis first wait before connecting again, doubled from failure to failure
     * @param reconnectMaxMillis longest wait before connecting again
     * @param tlsCheckMillis how often the TLS files are looked at for changes
     */
    public record Timing(
            int connectTimeoutMillis,
            int greetingTimeoutMillis,
            int idleTimeoutMillis,
            int reconnectMinMillis,
            int reconnectMaxMillis,
            int tlsCheckMillis) {
        public static final Timing DEFAULT = new Timing(2_000, 5_000, 1_000, 50, 1_000, 10_000);

        public Timing {
            if (connectTimeoutMillis < 1
                    || greetingTimeoutMillis < 1
                    || idleTimeoutMillis < 4
                    || reconnectMinMillis < 1
                    || reconnectMaxMillis < reconnectMinMillis
                    || tlsCheckMillis < 1) {
                throw new IllegalArgumentException("times must be positive, the reconnect range not empty");
            }
        }

        public Timing withIdleTimeoutMillis(int millis) {
            return new Timing(
                    connectTimeoutMillis,
                    greetingTimeoutMillis,
                    millis,
                    reconnectMinMillis,
                    reconnectMaxMillis,
                    tlsCheckMillis);
        }

        int aliveMillis() {
            return idleTimeoutMillis / 4;
        }
    }

    /**
     * PEM files, read anew when they change.
     *
     * @param certificate this member's certificate, followed by intermediate ones; valid for the host that peers dial
     * @param key its private key
     * @param authority the certificates that peers' certificates must lead to
     */
    public record TlsFiles(Path certificate, Path key, Path authority) {}
}
