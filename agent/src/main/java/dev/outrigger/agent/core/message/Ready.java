package dev.outrigger.agent.core.message;

import dev.outrigger.agent.core.message.Message.AppReport;
import java.util.List;
import java.util.Optional;

/**
 * What the driver owes the core after one batch of inputs. Order of work:
 *
 * <ol>
 *   <li>Send {@code sendNow}: it promises nothing that is not durable yet. A leader puts appends to followers here, so
 *       that their disks work while its own does (Diss. §10.2.1).
 *   <li>Make {@code hardState}, {@code install} and {@code appends} durable, in the order of {@code number} and in this
 *       order within one; stored entries at or after the first appended index are superseded. Then call {@code
 *       RaftCore.persisted(number)}. Several Readys may share one force.
 *   <li>Only then send {@code sendAfterPersist}, even when this Ready has nothing to persist itself: it may lean on an
 *       earlier one that is still under way. Votes and vote requests go here.
 * </ol>
 *
 * The rest can be handed out at once.
 *
 * @param number rises by one from Ready to Ready, from 1
 * @param hardState present when it changed
 * @param install a snapshot that was received whole: it takes the place of all entries up to its index, and, unless the
 *     log holds an entry of its term at its index, of those behind it too
 * @param appends consecutive entries
 * @param receipts where this member's own proposals went
 * @param reads this member's own reads that ended
 * @param fetches entries to be read from the log for followers far behind
 * @param controls what became of this member's operators' requests
 * @param chunkFetches pieces of snapshots to be read for followers still further behind
 * @param chunkWrites pieces of a snapshot to be put aside
 * @param appReports what members of this term have said of their applications
 */
public record Ready(
        long number,
        Optional<HardState> hardState,
        Optional<Snapshot> install,
        List<Entry> appends,
        List<Message> sendNow,
        List<Message> sendAfterPersist,
        List<ProposeReceipt> receipts,
        List<ReadGrant> reads,
        List<LogFetch> fetches,
        List<ControlReceipt> controls,
        List<ChunkFetch> chunkFetches,
        List<ChunkWrite> chunkWrites,
        List<AppReport> appReports) {

    /** Whether there is something to make durable. */
    public boolean mustPersist() {
        return hardState.isPresent() || install.isPresent() || !appends.isEmpty();
    }
}
