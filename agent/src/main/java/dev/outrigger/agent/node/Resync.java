package dev.outrigger.agent.node;

import dev.outrigger.agent.app.AppChannel;
import dev.outrigger.agent.core.RaftCore;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.storage.Quarantine;
import dev.outrigger.agent.wire.AppRecord;
import dev.outrigger.agent.wire.AppRecord.NoSnapshot;
import dev.outrigger.agent.wire.AppRecord.SnapshotPiece;
import dev.outrigger.agent.wire.AppRecord.SnapshotWanted;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an application in quarantine gets a clean state again, once an operator has asked for it: from this member's own
 * snapshot when that is from before the application went another way, else from the leader's, which comes in pieces, one on
 * its way at a time; or by being started without state while the log is whole. Also the other side: a leader that is asked
 * for its snapshot. On the event loop.
 */
final class Resync {
    private static final Logger LOG = LoggerFactory.getLogger(Resync.class);
    /** A piece that has not come by then was lost, or there was no snapshot yet. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RaftCore core;
    private final Snapshots snapshots;
    private final AppChannel app;
    private final Supplier<Optional<Quarantine>> quarantine;
    private final BiConsumer<MemberId, AppRecord> tell;
    private final Consumer<Snapshot> trust;
    private final List<Promise<Void>> waiting = new ArrayList<>();
    private boolean begun;
    private long askedNanos;
    private long checksum;
    private long storedBytes;
    private Optional<String> trouble = Optional.empty();

    /**
     * @param tell says something to another member
     * @param trust remembers that the leader's snapshot, which is whole here, is to be trusted, and adopts it then
     */
    Resync(
            RaftCore core,
            Snapshots snapshots,
            AppChannel app,
            Supplier<Optional<Quarantine>> quarantine,
            BiConsumer<MemberId, AppRecord> tell,
            Consumer<Snapshot> trust) {
        this.core = core;
        this.snapshots = snapshots;
        this.app = app;
        this.quarantine = quarantine;
        this.tell = tell;
        this.trust = trust;
    }

    /** Begins, or joins the one under way; completes when the application is trusted again. */
    Future<Void> begin() {
        Promise<Void> ended = Promise.promise();
        waiting.add(ended);
        if (!begun) {
            begun = true;
            LOG.info("an operator has a clean state given to the application");
            askedNanos = System.nanoTime() - ASK_AGAIN_NANOS;
        }
        app.resync();
        return ended.future();
    }

    void tick(long nowNanos) {
        if (begun && needsSnapshot() && nowNanos - askedNanos >= ASK_AGAIN_NANOS) {
            ask(nowNanos);
        }
    }

    /** Whether this member has no snapshot that its application could be given. */
    private boolean needsSnapshot() {
        return quarantine.get().isPresent() && snapshots.restorable().isEmpty() && !isUsable(core.snapshot());
    }

    private boolean isUsable(Optional<Snapshot> snapshot) {
        return snapshot.filter(own -> quarantine.get().orElseThrow().trusts(own.index()))
                .isPresent();
    }

    private void ask(long nowNanos) {
        askedNanos = nowNanos;
        long indexMin = Math.max(
                core.firstIndex(), core.snapshot().map(own -> own.index() + 1).orElse(1L));
        core.leader()
                .filter(leader -> !leader.equals(core.self()))
                .ifPresent(leader -> tell.accept(leader, new SnapshotWanted(indexMin, checksum, storedBytes)));
    }

    /** The leader has sent a piece. */
    void received(SnapshotPiece piece) {
        if (!begun || !needsSnapshot()) {
            return;
        }
        askedNanos = System.nanoTime();
        snapshots.borrow(piece).onComplete(stored -> {
            if (!begun || !needsSnapshot()) {
                return;
            }
            if (stored.failed()) {
                trouble = Optional.of("the leader's snapshot cannot be stored: "
                        + stored.cause().getMessage());
                return;
            }
            checksum = piece.snapshot().checksum();
            storedBytes = stored.result();
            if (storedBytes < piece.snapshot().bytes()) {
                ask(System.nanoTime());
            } else if (snapshots.isFitting(piece.snapshot())) {
                trouble = Optional.empty();
                trust.accept(piece.snapshot());
            }
        });
    }

    void received(NoSnapshot none) {
        if (begun && !none.reason().equals(trouble.orElse(""))) {
            LOG.info("the leader has no snapshot for a resync: {}", none.reason());
            trouble = Optional.of(none.reason());
        }
    }

    /** A snapshot of the leader is adopted. */
    void adopted() {
        app.resync();
    }

    /** Whether the application, which stands before it went another way, can go on from there. */
    boolean mayRelease() {
        return begun && core.snapshot().isEmpty() || begun && isUsable(core.snapshot());
    }

    void ended() {
        begun = false;
        checksum = 0;
        storedBytes = 0;
        trouble = Optional.empty();
        List.copyOf(waiting).forEach(Promise::tryComplete);
        waiting.clear();
    }

    /** What it waits for beside the application; empty for nothing. */
    Optional<String> trouble() {
        return trouble;
    }

    boolean isUnderWay() {
        return begun;
    }

    // ---- the leader's side ----

    /** A member in quarantine wants a snapshot: one that is there, or one that is taken now. */
    void wanted(MemberId member, SnapshotWanted wanted) {
        if (quarantine.get().isPresent()) {
            tell.accept(member, new NoSnapshot("the leader's application is in quarantine itself"));
            return;
        }
        snapshots.lend(wanted).onSuccess(piece -> {
            if (piece.isPresent()) {
                tell.accept(member, piece.get());
            } else {
                take(member, wanted.indexMin());
            }
        });
    }

    private void take(MemberId member, long indexMin) {
        snapshots.take().onSuccess(taken -> {
            if (taken instanceof Answer.Failed<Snapshot> failed) {
                boolean none = failed.problem().code() == Code.NOT_IMPLEMENTED;
                tell.accept(
                        member,
                        new NoSnapshot(
                                none
                                        ? "the application has no snapshots"
                                        : failed.problem().detail()));
            } else if (taken instanceof Answer.Ok<Snapshot> ok && ok.value().index() < indexMin) {
                tell.accept(member, new NoSnapshot("nothing has been applied since index " + (indexMin - 1)));
            }
        });
    }
}
