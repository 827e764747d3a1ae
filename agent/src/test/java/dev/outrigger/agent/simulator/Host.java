package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run of the agent's process on one machine, as what stands above the core sees it. Fenced: when the process has ended
 * nothing that was asked of it comes back any more. What is asked for later comes back later, never within the call.
 */
public interface Host {
    /** Number of the machine, from 0. */
    int rank();

    MemberId self();

    /** Rises with every start on this disk, from 1; ids of proposals and reads begin at {@code bootEpoch << 40}. */
    long bootEpoch();

    /** This process is running and not frozen: a request from outside is heard now. */
    boolean isResponsive();

    /** After some of this machine's time; held back while the process is frozen, never if it ends before. */
    void after(long micros, Runnable action);

    /** What this machine's clock says. */
    long wallMillis();

    /** As {@code RaftCore.propose}; every attempt places its commands anew. Ids are below {@code (bootEpoch << 40) + (1L << 39)}. */
    void propose(long proposalId, List<Payload> commands);

    /** As {@code RaftCore.read}; ids as for proposals. */
    void read(long readId);

    Optional<MemberId> leader();

    long firstIndex();

    long lastIndex();

    long commitIndex();

    long deliverableIndex();

    /** From {@link #firstIndex()} - 1 to {@link #lastIndex()}. */
    long termAt(long index);

    /** As {@code RaftCore.deliverable}. */
    Optional<List<Entry>> deliverable(long from, int bytesMax);

    /** The same from the disk, but for what was compacted away meanwhile: then there are none. */
    void readFromDisk(long from, int bytesMax, Consumer<List<Entry>> then);

    Optional<Snapshot> snapshot();

    /** All bytes of it; empty when it is gone or unreadable. */
    void readSnapshot(Snapshot snapshot, Consumer<Optional<Payload>> then);

    /** State after {@code index}, to be stored as the latest snapshot; ignored when a newer one is there already. */
    void snapshotProduced(long index, long term, long timeMillis, Payload bytes);

    /** The application's own durable position, for the order of the indexes; 0 when it has lost all. */
    void applied(long index);
}
