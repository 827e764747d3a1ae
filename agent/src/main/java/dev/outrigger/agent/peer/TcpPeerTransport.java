package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.wire.FrameWriter;
import dev.outrigger.agent.wire.Hello;
import dev.outrigger.agent.wire.HelloCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.TcpClientConfig;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.net.TcpOption;
import io.vertx.core.net.TcpServerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agents over TCP. Every agent opens one connection to every peer and sends its messages there; on the connections that
 * peers open it only receives. Either side of a connection shows signs of life, so that one that is dead is noticed
 * within the idle timeout even when no messages flow.
 *
 * <p>Everything happens on the event loop of the context given, where all methods but {@link #start} and {@link #close}
 * must be called; those may be called anywhere.
 */
public final class TcpPeerTransport implements PeerTransport {
    private static final Logger LOG = LoggerFactory.getLogger(TcpPeerTransport.class);
    private static final int DNS_QUERY_TIMEOUT_MILLIS = 2_000;

    private final Vertx vertx;
    private final LocalEnd local;
    private final SortedMap<MemberId, Dialer> dialers = new TreeMap<>();
    private final Doorway doorway;
    private final NetClient client;

    private @Nullable NetServer server;
    private @Nullable TlsReload tlsReload;
    private long aliveTimer;
    private boolean connecting;
    private boolean closed;

    /**
     * @param vertx made with {@link #resolverOptions}, or names are cached
     * @param context the owner's event loop
     * @param greeting what this agent says of itself; asked whenever a connection is made
     * @param events told of everything, on the owner's event loop
     */
    public TcpPeerTransport(
            Vertx vertx,
            Context context,
            PeerOptions options,
            Supplier<Hello> greeting,
            PeerEvents events,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.local = new LocalEnd(context, options, greeting, events, new PeerMetrics(registry));
        this.doorway = new Doorway(local, dialers);
        this.client = vertx.createNetClient(clientConfig(options));
        options.peers().forEach(this::add);
    }

    private Dialer add(MemberId id, String address) {
        Dialer dialer = new Dialer(local, new RemotePeer(id, address, local.metrics()), client);
        dialers.put(id, dialer);
        return dialer;
    }

    /**
     * For {@code VertxOptions}: every connect asks for the name anew. In a cluster of containers a name keeps its member
     * while the address behind it changes, and a name that is not there yet may be a moment later. Only aliases (CNAME)
     * are remembered, for as long as their zone says.
     */
    public static AddressResolverOptions resolverOptions() {
        return new AddressResolverOptions()
                .setCacheMinTimeToLive(0)
                .setCacheMaxTimeToLive(0)
                .setCacheNegativeTimeToLive(0)
                .setQueryTimeout(DNS_QUERY_TIMEOUT_MILLIS);
    }

    @Override
    public Future<Void> start() {
        return onLoop(() -> loadTls().compose(this::listen).onSuccess(listening -> connectToPeers()));
    }

    @Override
    public boolean send(Message message) {
        Dialer dialer = dialers.get(message.to());
        return dialer != null && dialer.peer().send(message);
    }

    @Override
    public void reconnect() {
        if (closed) {
            return;
        }
        doorway.clear();
        dialers.values().forEach(Dialer::restart);
    }

    @Override
    public void follow(Map<MemberId, String> peers) {
        if (closed) {
            return;
        }
        for (Dialer dialer : List.copyOf(dialers.values())) {
            RemotePeer peer = dialer.peer();
            if (peer.isAt(peers.getOrDefault(peer.id(), ""))) {
                doorway.askAgain(peer);
                dialer.askAgain();
            } else {
                LOG.info("{}: no peer any more", peer.described());
                doorway.forget(peer);
                dialer.stop();
                peer.forget();
                dialers.remove(peer.id());
            }
        }
        peers.forEach((id, address) -> {
            if (!dialers.containsKey(id) && PeerOptions.isAddress(address)) {
                Dialer dialer = add(id, address);
                if (connecting) {
                    dialer.dial();
                }
            }
        });
    }

    @Override
    public Map<MemberId, PeerView> peers() {
        Map<MemberId, PeerView> views = new TreeMap<>();
        dialers.forEach((id, dialer) -> views.put(id, dialer.peer().view()));
        return views;
    }

    @Override
    public Future<Void> close() {
        return onLoop(() -> {
            closed = true;
            vertx.cancelTimer(aliveTimer);
            doorway.clear();
            dialers.values().forEach(Dialer::stop);
            Future<Void> serverClosed = server == null ? Future.succeededFuture() : server.close();
            Future<Void> reloadStopped = tlsReload == null ? Future.succeededFuture() : tlsReload.stop();
            return Future.join(client.close(), serverClosed, reloadStopped).mapEmpty();
        });
    }

    /** The port that is listened on, once started. */
    public int port() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server.actualPort();
    }

    private Future<Void> onLoop(Supplier<Future<Void>> work) {
        Promise<Void> done = Promise.promise();
        local.context()
                .runOnContext(turn -> Future.<Void>succeededFuture()
                        .compose(now -> work.get())
                        .onComplete(done));
        return done.future();
    }

    private Future<Optional<TlsMaterial>> loadTls() {
        // A greeting that cannot be sent is a mistake in the settings: say so now.
        HelloCodec.encode(local.greeting().get(), new FrameWriter());
        return local.options()
                .tls()
                .map(files -> vertx.executeBlocking(() -> Optional.of(TlsMaterial.load(files, vertx))))
                .orElse(Future.succeededFuture(Optional.empty()));
    }

    private Future<Void> listen(Optional<TlsMaterial> tls) {
        int handshakeMillis = local.options().timing().greetingTimeoutMillis();
        NetServer newServer = vertx.createNetServer(
                serverConfig(local.options()),
                tls.map(material -> material.serverOptions(handshakeMillis)).orElse(null));
        server = newServer;
        newServer.connectHandler(doorway::arrived).exceptionHandler(doorway::handshakeFailed);
        return newServer
                .listen()
                .compose(listening -> tls.isPresent()
                        ? client.updateSSLOptions(tls.get().clientOptions(handshakeMillis))
                        : Future.succeededFuture(false))
                .onSuccess(ready -> tls.ifPresent(material -> watchTlsFiles(material, newServer)))
                .mapEmpty();
    }

    private void watchTlsFiles(TlsMaterial material, NetServer listening) {
        if (!closed) {
            local.options()
                    .tls()
                    .ifPresent(files -> tlsReload = new TlsReload(local, files, material, listening, client));
        }
    }

    private void connectToPeers() {
        if (closed) {
            return;
        }
        connecting = true;
        dialers.values().forEach(Dialer::dial);
        aliveTimer = vertx.setPeriodic(local.options().timing().aliveMillis(), id -> {
            dialers.values().forEach(Dialer::keepAlive);
            doorway.keepAlive();
        });
    }

    private static TcpServerConfig serverConfig(PeerOptions options) {
        Duration idle = Duration.ofMillis(options.timing().idleTimeoutMillis());
        TcpServerConfig config = new TcpServerConfig()
                .setPort(options.listenPort())
                .setHost(options.listenHost())
                .setSsl(options.tls().isPresent())
                .setReadIdleTimeout(idle)
                .setWriteIdleTimeout(idle);
        config.setTransportConfig(tcp());
        return config;
    }

    private static TcpClientConfig clientConfig(PeerOptions options) {
        Duration idle = Duration.ofMillis(options.timing().idleTimeoutMillis());
        return new TcpClientConfig()
                .setConnectTimeout(Duration.ofMillis(options.timing().connectTimeoutMillis()))
                .setSsl(options.tls().isPresent())
                .setReadIdleTimeout(idle)
                .setWriteIdleTimeout(idle)
                .setTransportConfig(tcp());
    }

    private static TcpConfig tcp() {
        return new TcpConfig().setOption(TcpOption.NODELAY, true).setSoKeepAlive(true);
    }
}
