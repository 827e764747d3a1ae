package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Payload;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** A backup on its way into a cluster without state. On the event loop. */
public interface RestoreUpload {
    /**
     * Takes the next bytes of the backup, and completes when there is room for more; not to be called before. Never fails.
     *
     * @return why it came to nothing; then all that follows does
     */
    Future<Optional<Problem>> write(Payload bytes);

    /**
     * That was all. Answers when the application beside this agent has the backup, with the index where it stands then.
     *
     * @param wait how long to wait for that, positive
     */
    Future<Answer<Long>> finish(Duration wait);

    /** Nobody waits any more. Before {@link #finish} nothing comes of it then. */
    void abandon();
}
