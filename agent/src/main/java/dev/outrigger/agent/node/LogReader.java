package dev.outrigger.agent.node;

import io.vertx.core.Future;
import java.util.List;

/** Follows the committed commands in this agent's log, at the pace of whoever reads. On the node's event loop. */
public interface LogReader {
    /**
     * The commands that come next, one at least, as soon as there are some. One call at a time. Fails with COMPACTED when
     * the log was dropped faster than this reader went, and with SHUTTING_DOWN.
     */
    Future<Answer<List<LoggedCommand>>> next();

    /** Makes room for another reader; may be called at any time and more than once. */
    void close();
}
