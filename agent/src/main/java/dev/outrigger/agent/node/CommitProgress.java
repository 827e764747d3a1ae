package dev.outrigger.agent.node;

import java.time.Duration;
import java.util.Optional;

/** Whether a leader gets anything committed. Monotonic time; on the event loop. */
final class CommitProgress {
    private long commitIndex;
    private long waitingSinceNanos;
    private boolean waiting;

    void tick(boolean leads, long nowCommitted, long lastIndex, long nowNanos) {
        boolean progress = nowCommitted > commitIndex || !waiting;
        commitIndex = nowCommitted;
        waiting = leads && lastIndex > nowCommitted;
        if (progress) {
            waitingSinceNanos = nowNanos;
        }
    }

    /** How long something has been waiting to be committed without anything being committed; empty when nothing waits. */
    Optional<Duration> stalled(long nowNanos) {
        return waiting ? Optional.of(Duration.ofNanos(nowNanos - waitingSinceNanos)) : Optional.empty();
    }
}
