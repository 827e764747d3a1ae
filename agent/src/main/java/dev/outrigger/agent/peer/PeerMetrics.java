package dev.outrigger.agent.peer;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.wire.WireException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Supplier;

/** What the transport counts. The tags are few: nothing that a stranger sends becomes one. */
final class PeerMetrics {
    private final MeterRegistry registry;

    PeerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A greeting or connection that this agent turned down. */
    void refused(String code) {
        registry.counter("outrigger.peer.refused", "code", code).increment();
    }

    /** A connection that was closed for what came on it. */
    void protocolError(WireException.Reason reason) {
        registry.counter("outrigger.peer.protocol.errors", "reason", reason.name())
                .increment();
    }

    /** The TLS files were looked at and could not be used. */
    void tlsFilesUnusable() {
        registry.counter("outrigger.peer.tls.unusable").increment();
    }

    OfPeer ofPeer(MemberId peer, Supplier<Number> connected, Supplier<Number> queuedBytes) {
        Gauge connectedGauge = Gauge.builder("outrigger.peer.connected", connected)
                .description("1 while messages to the peer can be sent")
                .tag("peer", peer.name())
                .register(registry);
        Gauge queueGauge = Gauge.builder("outrigger.peer.queue", queuedBytes)
                .description("Bytes that wait for the peer's socket")
                .baseUnit("bytes")
                .tag("peer", peer.name())
                .register(registry);
        return new OfPeer(registry, peer.name(), List.of(connectedGauge, queueGauge));
    }

    /** What is counted of one peer. */
    static final class OfPeer {
        private final MeterRegistry registry;
        private final String peer;
        private final List<Gauge> gauges;
        private final Counter framesIn;
        private final Counter framesOut;
        private final Counter bytesIn;
        private final Counter bytesOut;
        private final Counter reconnects;
        private final Counter refusedByPeer;

        private OfPeer(MeterRegistry registry, String peer, List<Gauge> gauges) {
            this.registry = registry;
            this.peer = peer;
            this.gauges = gauges;
            framesIn = registry.counter("outrigger.peer.frames", "peer", peer, "direction", "in");
            framesOut = registry.counter("outrigger.peer.frames", "peer", peer, "direction", "out");
            bytesIn = registry.counter("outrigger.peer.bytes", "peer", peer, "direction", "in");
            bytesOut = registry.counter("outrigger.peer.bytes", "peer", peer, "direction", "out");
            reconnects = registry.counter("outrigger.peer.reconnects", "peer", peer);
            refusedByPeer = registry.counter("outrigger.peer.refused.by.peer", "peer", peer);
        }

        /** Its gauges would show the last value for ever. */
        void forget() {
            gauges.forEach(registry::remove);
        }

        void frameIn() {
            framesIn.increment();
        }

        void frameOut() {
            framesOut.increment();
        }

        void bytesOut(int bytes) {
            bytesOut.increment(bytes);
        }

        void bytesIn(int bytes) {
            bytesIn.increment(bytes);
        }

        void reconnected() {
            reconnects.increment();
        }

        void refusedByPeer() {
            refusedByPeer.increment();
        }

        /** A message was not sent. */
        void dropped(String reason) {
            registry.counter("outrigger.peer.dropped", "peer", peer, "reason", reason)
                    .increment();
        }

        /** Connecting failed, or a connection ended. */
        void failed(String code) {
            registry.counter("outrigger.peer.failures", "peer", peer, "code", code)
                    .increment();
        }
    }
}
