package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Entry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Brings a gate forward by reading the log, without delivering anything. In bounded reads, with a turn of the event loop
 * after each. On the event loop.
 */
final class GateRoll {
    private static final int READ_BYTES_MAX = 256 << 10;

    private final Vertx vertx;
    private final CommittedLog log;
    private final Gate gate;
    private final long toIndex;
    private final BooleanSupplier wanted;
    private final LongConsumer progress;
    private final Promise<Void> arrived = Promise.promise();

    private GateRoll(
            Vertx vertx, CommittedLog log, Gate gate, long toIndex, BooleanSupplier wanted, LongConsumer progress) {
        this.vertx = vertx;
        this.log = log;
        this.gate = gate;
        this.toIndex = toIndex;
        this.wanted = wanted;
        this.progress = progress;
    }

    /**
     * @param gate changed by this
     * @param toIndex committed
     * @param wanted whether it shall go on; asked after each read
     * @param progress told the index after each read
     * @return fails when the log cannot be read, and when it is not wanted any more
     */
    static Future<Void> run(
            Vertx vertx, CommittedLog log, Gate gate, long toIndex, BooleanSupplier wanted, LongConsumer progress) {
        GateRoll roll = new GateRoll(vertx, log, gate, toIndex, wanted, progress);
        roll.next();
        return roll.arrived.future();
    }

    private void next() {
        if (gate.toldIndex() >= toIndex) {
            arrived.complete();
        } else {
            log.read(gate.toldIndex() + 1, READ_BYTES_MAX).onComplete(this::onRead);
        }
    }

    private void onRead(AsyncResult<List<Entry>> read) {
        try {
            take(read);
        } catch (RuntimeException bug) {
            arrived.tryFail(bug);
            throw bug;
        }
    }

    private void take(AsyncResult<List<Entry>> read) {
        if (!wanted.getAsBoolean()) {
            arrived.fail("it is not wanted any more");
        } else if (read.failed()) {
            arrived.fail(read.cause());
        } else if (read.result().isEmpty()) {
            arrived.fail("the log gave nothing where index " + (gate.toldIndex() + 1) + " was due");
        } else {
            tell(read.result());
            if (gate.toldIndex() >= toIndex) {
                arrived.complete();
            } else {
                progress.accept(gate.toldIndex());
                vertx.runOnContext(ignored -> next());
            }
        }
    }

    private void tell(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.index() <= toIndex) {
                gate.rule(entry);
            }
        }
    }
}
