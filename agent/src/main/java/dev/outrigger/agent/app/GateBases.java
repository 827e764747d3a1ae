package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.session.SessionTable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Gets a gate to where the application stands, from the latest place before it where one is known: a checkpoint, the
 * snapshot, or the beginning of a log that begins with its first entry. On the event loop.
 */
final class GateBases {
    private final Vertx vertx;
    private final CommittedLog log;

    GateBases(Vertx vertx, CommittedLog log) {
        this.vertx = vertx;
        this.log = log;
    }

    /**
     * @param appliedIndex where the application stands, committed
     * @param wanted whether it shall go on
     * @param progress told the index that the gate has reached
     * @return empty when no place before is known, so the application can only be given the snapshot; fails when something
     *     cannot be read
     */
    Future<Optional<Gate>> gateAt(long appliedIndex, BooleanSupplier wanted, LongConsumer progress) {
        return base(appliedIndex)
                .compose(base -> base.isEmpty()
                        ? Future.succeededFuture(base)
                        : forward(base.get(), appliedIndex, wanted, progress).map(base));
    }

    /** Brings a gate forward to {@code index}, which is committed. */
    Future<Void> forward(Gate gate, long index, BooleanSupplier wanted, LongConsumer progress) {
        return GateRoll.run(vertx, log, gate, index, wanted, progress);
    }

    private Future<Optional<Gate>> base(long appliedIndex) {
        return log.checkpoint()
                .otherwise(Optional.empty())
                .map(read -> read.flatMap(GateCheckpoint::decode)
                        .filter(checkpoint -> checkpoint.appliedIndex() <= appliedIndex
                                && checkpoint.isOf(log)
                                && goesOnAfter(checkpoint.gate().toldIndex()))
                        .map(GateCheckpoint::gate))
                .compose(checkpoint -> snapshotOrBeginning(appliedIndex, checkpoint));
    }

    private Future<Optional<Gate>> snapshotOrBeginning(long appliedIndex, Optional<Gate> checkpoint) {
        long checkpointIndex = checkpoint.map(Gate::toldIndex).orElse(-1L);
        Optional<RestorableSnapshot> snapshot = log.snapshot()
                .filter(latest -> latest.index() <= appliedIndex
                        && latest.index() > checkpointIndex
                        && goesOnAfter(latest.index()));
        if (snapshot.isPresent()) {
            return log.sessions(snapshot.get())
                    .map(GateBases::gate)
                    .recover(unreadable -> checkpoint.isPresent()
                            ? Future.succeededFuture(checkpoint.get())
                            : beginning().map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(unreadable)))
                    .map(Optional::of);
        }
        return Future.succeededFuture(checkpoint.or(this::beginning));
    }

    private Optional<Gate> beginning() {
        return goesOnAfter(0) ? Optional.of(new Gate()) : Optional.empty();
    }

    private boolean goesOnAfter(long index) {
        return log.firstIndex() <= index + 1;
    }

    static Gate gate(Payload sessions) {
        return new Gate(SessionTable.decode(sessions.array()));
    }
}
