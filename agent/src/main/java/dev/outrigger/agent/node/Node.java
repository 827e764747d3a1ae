package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the outside may ask of a running agent. Call on the agent's event loop ({@link #context}); futures complete there
 * and never fail: what goes wrong is a {@link Problem}.
 */
public interface Node {
    /** The event loop that owns this node. */
    Context context();

    /**
     * Has the commands agreed on, in this order, and answers when the application beside this agent has applied them.
     * Commands that cannot be proposed yet (no leader, application not attached) wait within the deadline.
     *
     * @param commands each at most the maximum command size, which the caller has checked
     * @param wait how long to wait for the results, positive
     * @return one answer for each command, in the same order
     */
    Future<List<Answer<Answer.Applied>>> submit(List<Payload> commands, Duration wait);

    /**
     * Answers with an index once the local application has applied everything that was committed when this was called
     * (linearizable read, Diss. §6.4).
     */
    Future<Answer<Long>> barrier(Duration wait);

    /**
     * Asks the local application. Linearizable: after a barrier. Local: at once, or as soon as {@code minIndex} is
     * applied.
     */
    Future<Answer<Payload>> query(Payload query, boolean linearizable, long minIndex, Duration wait);

    /**
     * Has the leadership handed over, and answers when another member leads, at once when {@code to} leads already.
     *
     * @param to empty: whichever voter the leader chooses
     */
    Future<Answer<Answer.Led>> transfer(Optional<MemberId> to, Duration wait);

    /** Changes who belongs to the cluster, and answers when that is committed; for a new voter when it votes. */
    Future<Answer<Answer.Changed>> changeMembers(MembersOrder order, Duration wait);

    /**
     * Takes a snapshot of the application beside this agent, and answers when it is durable here; with the latest one when
     * the application has applied nothing since.
     */
    Future<Answer<Snapshot>> takeSnapshot(Duration wait);

    /** The latest snapshot on this disk, as a backup: the file and its seal. The caller closes it. */
    Future<Answer<BackupDownload>> latestSnapshot();

    /**
     * Begins to put a backup into this cluster, which must not have applied anything yet. One at a time.
     *
     * @param entryBytesMax the largest entry of the log to make of it
     * @param wait how long to wait until it is known that the cluster is empty
     */
    Future<Answer<RestoreUpload>> restore(int entryBytesMax, Duration wait);

    /**
     * Begins to read the committed commands in this agent's log, and goes on with those that are committed later. The
     * caller closes it.
     *
     * @param from index of the first entry to read, from 1; it may lie ahead
     */
    Future<Answer<LogReader>> readLog(long from);

    /** Everything that the status document shows, as of now. */
    NodeStatus status();
}
