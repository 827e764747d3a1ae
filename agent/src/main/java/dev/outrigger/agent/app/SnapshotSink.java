package dev.outrigger.agent.app;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Takes what the application gives of its state. Called on the event loop, one call at a time: the next only when the
 * future of the one before is complete, so that nothing gathers in memory. A failed future ends it.
 */
public interface SnapshotSink {
    /**
     * @param index the application's position in what follows
     * @param term term of the command there
     * @param format what it calls the format, empty when it gives none
     * @param sessions encodes the clients' sessions at that position; may take long, and may be called on any thread, once
     */
    Future<Void> begin(long index, long term, String format, Supplier<Payload> sessions);

    Future<Void> write(Payload bytes);
}
