package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps what it is given; can be held, and checks that it is never called before its last answer. */
final class RecordingSink implements SnapshotSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable Promise<Void> held;
    private boolean holds;
    private int holdsAtWrite = -1;
    private boolean busy;
    private String head = "";
    private Payload sessions = Payload.EMPTY;
    private String trouble = "";
    private int writes;
    private int largest;
    private int overlaps;

    /** From now on nothing is answered until {@link #release}. */
    synchronized RecordingSink hold() {
        holds = true;
        return this;
    }

    /** The same, from that many writes on. */
    synchronized RecordingSink holdAtWrite(int write) {
        holdsAtWrite = write;
        return this;
    }

    /** To be called on the event loop of the channel. */
    void release() {
        Promise<Void> waiting;
        synchronized (this) {
            holds = false;
            waiting = held;
            held = null;
        }
        if (waiting != null) {
            waiting.complete();
        }
    }

    synchronized RecordingSink failWrites(String message) {
        trouble = message;
        return this;
    }

    synchronized Payload sessions() {
        return sessions;
    }

    @Override
    public synchronized Future<Void> begin(long index, long term, String format, Supplier<Payload> encoded) {
        sessions = encoded.get();
        head = index + "/" + term + "/" + format;
        return answer();
    }

    @Override
    public synchronized Future<Void> write(Payload piece) {
        if (!trouble.isEmpty()) {
            return Future.failedFuture(trouble);
        }
        writes++;
        holds |= writes == holdsAtWrite;
        largest = Math.max(largest, piece.length());
        bytes.writeBytes(piece.array());
        return answer();
    }

    private Future<Void> answer() {
        overlaps += busy ? 1 : 0;
        if (!holds) {
            return Future.succeededFuture();
        }
        busy = true;
        Promise<Void> promise = Promise.promise();
        held = promise;
        return promise.future().onSuccess(done -> free());
    }

    private synchronized void free() {
        busy = false;
    }

    synchronized boolean isHeld() {
        return held != null;
    }

    synchronized String head() {
        return head;
    }

    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    synchronized int writes() {
        return writes;
    }

    synchronized int largest() {
        return largest;
    }

    synchronized int overlaps() {
        return overlaps;
    }
}
