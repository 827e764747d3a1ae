package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.ProposeReceipt;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.BackupDecoder;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts backups into the log, one at a time. On the event loop. */
final class Restores {
    /** An entry must hold the end of a backup, format and all. */
    private static final int ENTRY_BYTES_MIN = 1 << 10;

    private final Group group;
    private final Function<BackupDecoder.Sink, BackupDecoder> decoders;
    private final Supplier<UUID> ids;
    private final Duration lostAfter;
    private long nextProposalId;
    private @Nullable Restore underWay;

    /** What a restore needs from the group that it is for. */
    interface Group {
        /** Why nothing can be proposed now; empty when something can. */
        Optional<Problem> closed();

        /** Why nothing new is taken, not even to wait; empty when it is. */
        Optional<Problem> full();

        void proposeRestore(long proposalId, Payload part);

        /** Whether nothing was applied yet, as far as is known here. */
        boolean isEmpty();

        long firstIndex();

        long commitIndex();

        long appliedIndex();

        /** Term of the entry at {@code index} if the log reaches that far, else 0. */
        long termAt(long index);

        Optional<MemberId> leader();

        boolean appAttached();

        /** There may be something to propose. */
        void wake();
    }

    /**
     * @param ids a new one for each backup, never twice
     * @param lostAfter a proposal whose receipt has not come by then was lost, or the receipt was
     * @param firstProposalId ids of proposals rise from here and must never have been used, not even by an earlier start
     */
    Restores(
            Group group,
            Function<BackupDecoder.Sink, BackupDecoder> decoders,
            Supplier<UUID> ids,
            Duration lostAfter,
            long firstProposalId) {
        this.group = group;
        this.decoders = decoders;
        this.ids = ids;
        this.lostAfter = lostAfter;
        this.nextProposalId = firstProposalId;
    }

    Answer<RestoreUpload> begin(int entryBytesMax) {
        Optional<Problem> refused = refused(entryBytesMax);
        if (refused.isPresent()) {
            return new Answer.Failed<>(refused.get());
        }
        Restore begun = new Restore(
                group,
                decoders,
                ids.get(),
                entryBytesMax,
                lostAfter.toNanos(),
                () -> nextProposalId++,
                ended -> underWay = null);
        underWay = begun;
        return new Answer.Ok<>(begun);
    }

    private Optional<Problem> refused(int entryBytesMax) {
        if (underWay != null) {
            return Optional.of(Problem.of(
                    Code.OVERLOADED, Outcome.NONE, "A backup is being restored through this agent already."));
        }
        if (!group.isEmpty()) {
            return Optional.of(Problem.of(
                    Code.NOT_EMPTY,
                    Outcome.NONE,
                    "The cluster has applied something already. A backup is restored into a cluster that was formed anew"
                            + " and has applied nothing."));
        }
        if (entryBytesMax < ENTRY_BYTES_MIN) {
            return Optional.of(Problem.of(
                    Code.TOO_LARGE,
                    Outcome.NONE,
                    "A backup takes commands of " + ENTRY_BYTES_MIN + " bytes; raise OUTRIGGER_MAX_COMMAND on every"
                            + " member."));
        }
        return group.full();
    }

    boolean hasWork() {
        return underWay != null && underWay.hasWork();
    }

    /** Proposes what comes next, and sees what has become of what was proposed. */
    void pump() {
        if (underWay != null) {
            underWay.pump();
        }
    }

    void receipt(ProposeReceipt receipt) {
        if (underWay != null) {
            underWay.receipt(receipt);
        }
    }

    void voided(long index, boolean stateBefore, String reason) {
        if (underWay != null) {
            underWay.voided(index, stateBefore, reason);
        }
    }

    /** {@link Group#appliedIndex} is another. */
    void appliedIndexMoved() {
        if (underWay != null) {
            underWay.lookAtEnd();
        }
    }

    void tick(long nowNanos) {
        if (underWay != null) {
            underWay.tick(nowNanos);
        }
    }

    /** The agent ends. */
    void close(Problem problem) {
        if (underWay != null) {
            underWay.close(problem);
        }
    }
}
