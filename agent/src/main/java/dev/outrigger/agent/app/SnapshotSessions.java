package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The clients' sessions for a snapshot of the application, whose position is known only when it begins to give it: those of
 * the moment when it was asked, brought forward through the log.
 */
final class SnapshotSessions implements SnapshotDownload.SessionsSource {
    private final Vertx vertx;
    private final CommittedLog log;
    private final Gate gate;
    private final long appliedIndex;
    private final BooleanSupplier wanted;

    /**
     * @param gate where the application stood when it was asked; its own
     * @param appliedIndex what it had applied then
     * @param wanted whether the snapshot still is
     */
    SnapshotSessions(Vertx vertx, CommittedLog log, Gate gate, long appliedIndex, BooleanSupplier wanted) {
        this.vertx = vertx;
        this.log = log;
        this.gate = gate;
        this.appliedIndex = appliedIndex;
        this.wanted = wanted;
    }

    @Override
    public Future<Supplier<Payload>> at(long index) {
        if (index < appliedIndex) {
            return Future.failedFuture("the application gave a snapshot at index " + index
                    + ", but had applied everything up to index " + appliedIndex + " when it was asked");
        }
        return GateRoll.run(vertx, log, gate, index, wanted, told -> {})
                .map(arrived -> () -> Payload.of(gate.sessions().encode()));
    }
}
