package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Snapshot;

/** A snapshot on its way to one follower, piece by piece; one piece is out at a time (Paper §7). */
final class SnapshotSending {
    /** A piece that is not answered for so many heartbeats is sent again. A large one may take that long on a slow link. */
    private static final int PATIENCE_HEARTBEATS = 10;

    private final Snapshot snapshot;
    /** How much the follower has; negative until it has said so. */
    private long storedBytes = -1;

    private boolean fetching;
    private boolean pieceOut;
    private int silentHeartbeats;

    SnapshotSending(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    long storedBytes() {
        return Math.max(0, storedBytes);
    }

    /** Whether the follower's place is known and the next piece should be read. */
    boolean wantsPiece() {
        return storedBytes >= 0 && storedBytes < snapshot.bytes() && !fetching && !pieceOut;
    }

    /** Whether the follower has to be asked how much it has: nothing else is under way. */
    boolean wantsAnswer() {
        return storedBytes < 0 && !pieceOut;
    }

    void fetching() {
        fetching = true;
    }

    /** A piece, or the first question, has been sent. */
    void sent() {
        pieceOut = true;
        silentHeartbeats = 0;
    }

    /** The piece could not be read: try again after a while. */
    void unreadable() {
        fetching = false;
        sent();
    }

    /** Whether this piece is the one that was asked for and still fits. */
    boolean fetched(Snapshot of, long offset) {
        boolean ours = fetching && of.equals(snapshot);
        if (ours) {
            fetching = false;
        }
        return ours && offset == storedBytes;
    }

    /** The follower has this much. An answer without any progress may be one to a heartbeat that overtook the piece. */
    void stored(long bytes) {
        if (bytes != storedBytes) {
            storedBytes = bytes;
            pieceOut = false;
        }
    }

    void heartbeat() {
        if (++silentHeartbeats >= PATIENCE_HEARTBEATS) {
            pieceOut = false;
        }
    }
}
