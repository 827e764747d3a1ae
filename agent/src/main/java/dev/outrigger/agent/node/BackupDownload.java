package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import io.vertx.core.Future;
import java.util.Optional;

/** A snapshot on its way out of the agent. On the event loop, one call at a time. */
public interface BackupDownload {
    Snapshot snapshot();

    /** What the application calls the format of its part, empty when it gives none. */
    String format();

    /** How many bytes come. */
    long bytes();

    /**
     * The next piece, at the rate that is set; empty at the end.
     *
     * @return fails when the snapshot was replaced meanwhile, or is rotten: what came so far is no backup then
     */
    Future<Optional<Payload>> next();

    /** Must be called in the end. */
    void close();
}
