package dev.outrigger.agent.cli;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.app.AppLimits;
import dev.outrigger.agent.app.AppOptions;
import dev.outrigger.agent.config.HostPort;
import dev.outrigger.agent.config.Secret;
import dev.outrigger.agent.config.Setting;
import dev.outrigger.agent.config.Settings;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.http.ApiOptions;
import dev.outrigger.agent.http.BearerToken;
import dev.outrigger.agent.http.ClientApi;
import dev.outrigger.agent.http.ListenAddress;
import dev.outrigger.agent.http.ListenException;
import dev.outrigger.agent.http.OpsListener;
import dev.outrigger.agent.http.OpsOptions;
import dev.outrigger.agent.node.AgentNode;
import dev.outrigger.agent.node.NodeOptions;
import dev.outrigger.agent.peer.PeerOptions;
import dev.outrigger.agent.peer.TcpPeerTransport;
import dev.outrigger.agent.session.SessionEntry;
import dev.outrigger.agent.storage.Durability;
import dev.outrigger.agent.storage.NoRoomException;
import dev.outrigger.agent.storage.Storage;
import dev.outrigger.agent.storage.chronicle.ChronicleStorage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running agent: makes the concrete parts, starts them in order and stops them in reverse. The only place where the
 * parts meet.
 */
final class Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(20);
    private static final Duration NO_ROOM_RETRY = Duration.ofSeconds(1);
    /** Long enough for a machine that is short of processors; elections do not wait for it. */
    private static final int ELECTION_TIMEOUTS_UNTIL_IDLE = 3;

    private final Settings settings;
    private final Storage storage;
    private final Vertx vertx;
    private final AgentNode node;
    private final OpsListener ops;
    private final ClientApi api;

    /**
     * Opens the data directory and puts everything together. Blocks while the log is read.
     *
     * @throws dev.outrigger.agent.storage.StorageException when the data directory cannot be used
     */
    Agent(Settings settings) {
        this.settings = settings;
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Beside the log, which takes seconds to read when it is long.
        CompletableFuture<Vertx> starting =
                CompletableFuture.supplyAsync(() -> vertx(meters), task -> new Thread(task, "outrigger-start").start());
        try {
            this.storage = openStorage();
        } catch (RuntimeException unusable) {
            starting.thenAccept(Vertx::close);
            throw unusable;
        }
        this.vertx = starting.join();
        Context context = vertx.getOrCreateContext();
        this.node = node(context, meters);
        this.ops = new OpsListener(
                node,
                OpsOptions.withDefaults(
                        listenAddress(Setting.OPS, settings.ops()),
                        settings.effective().stream()
                                .map(row -> new OpsOptions.SettingRow(row.name(), row.value(), row.origin()))
                                .toList()),
                node::lastTickNanos,
                () -> true,
                meters);
        this.api = new ClientApi(
                vertx,
                node,
                ApiOptions.withDefaults(
                        listenAddress(Setting.API, settings.api()),
                        settings.token().map(Secret::reveal).map(BearerToken::new),
                        settings.maxCommandBytes()),
                meters);
    }

    /** Runs one agent until the process is told to stop. Returns only when it could not start. */
    static void run(Settings settings) throws Exception {
        settings.effective().forEach(row -> LOG.info("{}={} ({})", row.name(), row.value(), row.origin()));
        Agent agent = new Agent(settings);
        agent.start();
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(agent::stopAndExit, "outrigger-stop"));
        never.await();
    }

    /** Health and status first, so that a start that takes long can be seen; peers last. */
    private void start() throws Exception {
        try {
            await(ops.listen());
            await(api.listen());
            ListenAddress peers = listenAddress(Setting.PEER, settings.peer());
            await(node.start().recover(cause -> Future.failedFuture(new ListenException(peers, cause))));
        } catch (Exception failure) {
            storage.close();
            throw failure;
        }
        LOG.info(
                "agent {} of cluster {} is up: client API {}, peers {}, status http://{}/",
                settings.node(),
                settings.cluster(),
                settings.api(),
                settings.peer(),
                settings.ops());
    }

    /** The process was told to stop: exit code 0 when everything ended well. */
    private void stopAndExit() {
        LOG.info("stopping: finishing what is under way");
        int exitCode = 1;
        try {
            Future<Void> stopped = node.stop().eventually(() -> api.close(Duration.ofSeconds(1)));
            await(stopped.eventually(ops::close));
            LOG.info("stopped");
            exitCode = 0;
        } catch (Exception failure) {
            LOG.error("did not stop cleanly; what was acknowledged is on disk all the same", failure);
        }
        // A process that ends by a signal would report that signal, not how the stop went.
        Runtime.getRuntime().halt(exitCode);
    }

    /** A member that cannot trust its disk or its own logic is safe only when it is gone. */
    private static void fatal(Throwable cause) {
        LOG.error(
                "the agent stops at once, since going on could break what was promised; nothing acknowledged is lost."
                        + " Restart it; if it stops again, keep its data directory and report this",
                cause);
        Runtime.getRuntime().halt(1);
    }

    private Storage openStorage() {
        Durability durability = settings.durability() == Settings.Durability.DISK ? Durability.DISK : Durability.MEMORY;
        if (durability == Durability.MEMORY) {
            LOG.warn("durability is memory: what is acknowledged does not survive a power cut of a majority");
        }
        // A command of a session takes its place in the log with it.
        int entryBytes = settings.maxCommandBytes() + SessionEntry.COMMAND_OVERHEAD_BYTES;
        int blockBytes = ChronicleStorage.Options.BLOCK_BYTES;
        while (ChronicleStorage.Options.entryBytesMax(blockBytes) < entryBytes) {
            blockBytes *= 2;
        }
        return openWhenThereIsRoom(new ChronicleStorage.Options(
                settings.node(),
                settings.cluster(),
                durability,
                ChronicleStorage.Options.SEGMENT_BYTES,
                blockBytes,
                entryBytes));
    }

    /** A disk that is full at start is waited for, as one that fills later is. */
    private Storage openWhenThereIsRoom(ChronicleStorage.Options options) {
        boolean told = false;
        while (true) {
            try {
                return ChronicleStorage.openOrPutAside(settings.data(), options);
            } catch (NoRoomException full) {
                if (!told) {
                    LOG.error("{}. Free space; this start goes on by itself then", full.getMessage());
                    told = true;
                }
                LockSupport.parkNanos(NO_ROOM_RETRY.toNanos());
            }
        }
    }

    private static Vertx vertx(PrometheusMeterRegistry meters) {
        return Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setMetricsOptions(new MicrometerMetricsOptions()
                                .setEnabled(true)
                                .setJvmMetricsEnabled(true)
                                .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
                                .addDisabledMetricsCategory(MetricsDomain.NAMED_POOLS)
                                .addDisabledMetricsCategory(MetricsDomain.DATAGRAM_SOCKET))
                        .setAddressResolverOptions(TcpPeerTransport.resolverOptions())
                        .setBlockedThreadCheckInterval(1000)
                        .setMaxEventLoopExecuteTime(TimeUnit.MILLISECONDS.toNanos(200)))
                .withMetrics(new MicrometerMetricsFactory(meters))
                .build();
    }

    private AgentNode node(Context context, MeterRegistry meters) {
        MemberId self = new MemberId(settings.node());
        Map<MemberId, String> members = new TreeMap<>();
        settings.members()
                .forEach(member ->
                        members.put(new MemberId(member.name()), member.peer().toString()));
        NodeOptions options = new NodeOptions(
                settings.cluster(),
                self,
                new TreeMap<>(members),
                settings.electionTimeout(),
                settings.heartbeat(),
                settings.durability() == Settings.Durability.DISK,
                Version.current(),
                settings.zone(),
                settings.priority(),
                new NodeOptions.SnapshotOptions(
                        settings.snapshots().logBytes(),
                        settings.snapshots().tailBytes(),
                        settings.snapshots().bytesPerSecond()),
                settings.sessionTimeToLive(),
                NodeOptions.Limits.DEFAULT);
        return new AgentNode(
                vertx,
                context,
                options,
                storage,
                (hello, events) ->
                        new TcpPeerTransport(vertx, context, peerOptions(self, members), hello, events, meters),
                (log, events) -> new AppChannel(vertx, appOptions(), log, events, meters),
                meters,
                Agent::fatal);
    }

    private PeerOptions peerOptions(MemberId self, Map<MemberId, String> members) {
        Map<MemberId, String> peers = new TreeMap<>(members);
        peers.remove(self);
        int idleMillis = (int) settings.electionTimeout().toMillis() * ELECTION_TIMEOUTS_UNTIL_IDLE;
        return new PeerOptions(
                self,
                settings.peer().host(),
                settings.peer().port(),
                peers,
                PeerOptions.Limits.DEFAULT,
                PeerOptions.Timing.DEFAULT.withIdleTimeoutMillis(idleMillis),
                settings.tls()
                        .map(files -> new PeerOptions.TlsFiles(files.certificate(), files.key(), files.authorities())));
    }

    private AppOptions appOptions() {
        return new AppOptions(
                settings.app(),
                settings.cluster(),
                storage.recovered().bootEpoch(),
                settings.token().map(Secret::reveal),
                AppLimits.DEFAULTS);
    }

    private static ListenAddress listenAddress(Setting setting, HostPort address) {
        return new ListenAddress(setting.environmentName(), address.host(), address.port());
    }

    private static void await(Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS);
    }
}
