package dev.outrigger.agent.peer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the TLS files from time to time and has new connections use what is new in them. Connections that are open
 * stay as they are. On the owner's event loop, but reads on a worker.
 */
final class TlsReload {
    private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);

    private final Vertx vertx;
    private final PeerOptions.TlsFiles files;
    private final PeerOptions.Timing timing;
    private final PeerMetrics metrics;
    private final NetServer server;
    private final NetClient client;
    private final long timer;

    private TlsMaterial current;
    private String lastComplaint = "";
    private Future<?> lastLook = Future.succeededFuture();

    TlsReload(LocalEnd local, PeerOptions.TlsFiles files, TlsMaterial current, NetServer server, NetClient client) {
        this.vertx = local.context().owner();
        this.files = files;
        this.timing = local.options().timing();
        this.metrics = local.metrics();
        this.current = current;
        this.server = server;
        this.client = client;
        this.timer = vertx.setPeriodic(timing.tlsCheckMillis(), id -> look());
    }

    /** Completes when the files are not being read any more. */
    Future<Void> stop() {
        vertx.cancelTimer(timer);
        return lastLook.<Void>mapEmpty().otherwiseEmpty();
    }

    private void look() {
        if (lastLook.isComplete()) {
            lastLook = vertx.executeBlocking(() -> TlsMaterial.load(files, vertx))
                    .compose(this::use)
                    .onSuccess(used -> lastComplaint = "")
                    .onFailure(this::complain);
        }
    }

    private Future<?> use(TlsMaterial material) {
        if (material.equals(current)) {
            return Future.succeededFuture();
        }
        int timeoutMillis = timing.greetingTimeoutMillis();
        return server.updateSSLOptions(material.serverOptions(timeoutMillis))
                .compose(updated -> client.updateSSLOptions(material.clientOptions(timeoutMillis)))
                .onSuccess(updated -> {
                    current = material;
                    LOG.info("TLS files have changed; new connections between agents use them");
                });
    }

    /** Once for each kind of trouble, not at every look. */
    private void complain(Throwable cause) {
        metrics.tlsFilesUnusable();
        String complaint = String.valueOf(cause);
        if (!complaint.equals(lastComplaint)) {
            LOG.warn(
                    "TLS files {}, {}, {} cannot be used, the ones read before stay in use: {}",
                    files.certificate(),
                    files.key(),
                    files.authority(),
                    complaint);
        }
        lastComplaint = complaint;
    }
}
