package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.Snapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What a leader knows of one follower, and how much it has on the way to it (Paper Fig. 2, nextIndex and matchIndex).
 *
 * <p>While it probes, one append is out at a time until the logs are known to meet; then appends are pipelined up to the
 * limits.
 */
final class Progress {
    private final int inflightAppendsMax;
    private final long inflightBytesMax;
    private final Deque<Append> inflight = new ArrayDeque<>();
    private long inflightBytes;

    private boolean probing = true;
    private boolean probeSent;
    /** Next index to send after the probe that is out, if it is accepted. */
    private long afterProbe;

    private long matchIndex;
    private long nextIndex;
    private long sentCommitIndex;
    private long sentRound;
    private long confirmedRound;
    private boolean recentlyActive;
    private boolean activeBefore;
    private boolean fetching;
    private Fitness fitness = Fitness.UNKNOWN;
    private Optional<SnapshotSending> snapshot = Optional.empty();
    /** Where the leader's log ended when the present round of catching up began (Diss. §4.2.1); negative before the first. */
    private long roundTarget = -1;

    private int roundTicks;

    /** @param active whether to take it for alive until the next check of the quorum */
    Progress(long nextIndex, int inflightAppendsMax, long inflightBytesMax, boolean active) {
        this.recentlyActive = active;
        this.nextIndex = nextIndex;
        this.afterProbe = nextIndex;
        this.inflightAppendsMax = inflightAppendsMax;
        this.inflightBytesMax = inflightBytesMax;
    }

    /** By its own word. */
    Fitness fitness() {
        return fitness;
    }

    void fitness(Fitness now) {
        fitness = now;
    }

    long matchIndex() {
        return matchIndex;
    }

    long nextIndex() {
        return nextIndex;
    }

    long confirmedRound() {
        return confirmedRound;
    }

    boolean isProbing() {
        return probing;
    }

    /** Whether entries may be sent now. */
    boolean hasRoom() {
        if (snapshot.isPresent()) {
            return false;
        }
        if (probing) {
            return !probeSent;
        }
        return inflight.size() < inflightAppendsMax && inflightBytes < inflightBytesMax;
    }

    int inflightAppends() {
        return inflight.size();
    }

    long inflightBytes() {
        return inflightBytes;
    }

    boolean isFetching() {
        return fetching;
    }

    void fetching(boolean now) {
        fetching = now;
    }

    /** Whether it has not been told of this round. */
    boolean lacksRound(long round) {
        return sentRound < round;
    }

    /** A message without entries has told it of this round. */
    void told(long round) {
        sentRound = round;
    }

    /** Whether the follower lacks news that even an append without entries would bring. */
    boolean lacksNews(long commitIndex, long round) {
        return sentRound < round || sentCommitIndex < Math.min(commitIndex, nextIndex - 1);
    }

    void sent(long prevIndex, int entries, long bytes, long commitIndex, long round) {
        long last = prevIndex + entries;
        sentRound = round;
        sentCommitIndex = Math.max(sentCommitIndex, Math.min(commitIndex, last));
        if (probing) {
            // While a probe with entries is out, news may follow it without any.
            afterProbe = probeSent ? Math.max(afterProbe, last + 1) : last + 1;
            probeSent = true;
        } else if (entries > 0) {
            nextIndex = last + 1;
            inflight.add(new Append(last, bytes));
            inflightBytes += bytes;
        }
    }

    /** An answer has come; whether it raised the match index. */
    boolean accepted(long match, long round) {
        heard(round);
        if (probing) {
            probing = false;
            nextIndex = Math.max(nextIndex, afterProbe);
        }
        boolean rose = match > matchIndex;
        if (snapshot.isPresent() && match >= snapshot.get().snapshot().index()) {
            snapshot = Optional.empty();
        }
        matchIndex = Math.max(matchIndex, match);
        nextIndex = Math.max(nextIndex, matchIndex + 1);
        while (!inflight.isEmpty() && inflight.getFirst().lastIndex <= matchIndex) {
            inflightBytes -= inflight.removeFirst().bytes;
        }
        return rose;
    }

    /** The logs do not meet at {@code rejectedIndex}; they may at {@code candidateIndex}. */
    void rejected(long rejectedIndex, long candidateIndex, long round) {
        heard(round);
        // What the follower has acknowledged it has; and an answer to a probe that is no longer out says nothing about
        // the one that is.
        boolean stale =
                snapshot.isPresent() || rejectedIndex <= matchIndex || probing && rejectedIndex != nextIndex - 1;
        if (!stale) {
            probe(Math.max(matchIndex + 1, Math.min(candidateIndex + 1, rejectedIndex)));
        }
    }

    /** What is on its way is probably lost: find out from what is known for certain. */
    void lost() {
        if (!probing) {
            probe(matchIndex + 1);
        }
        probeSent = true; // the next heartbeat tries again, not before
    }

    /** A heartbeat is due: a probe or a piece of a snapshot that got no answer may be repeated. */
    void heartbeat() {
        probeSent = false;
        snapshot.ifPresent(SnapshotSending::heartbeat);
    }

    /** Whether it was heard since the last call (check quorum, Diss. §6.2). */
    boolean takeRecentlyActive() {
        activeBefore = recentlyActive;
        recentlyActive = false;
        return activeBefore;
    }

    /** Whether it was heard since the last check of the quorum but one. */
    boolean isActive() {
        return recentlyActive || activeBefore;
    }

    /**
     * Whether it keeps up: what was appended in one round arrived within {@code roundTicksMax} (Diss. §4.2.1). To be asked
     * once a tick.
     */
    boolean hasCaughtUp(long lastIndex, int roundTicksMax) {
        roundTicks++;
        boolean began = roundTarget >= 0;
        if (began && matchIndex < roundTarget) {
            return false;
        }
        boolean quick = began && roundTicks <= roundTicksMax;
        roundTarget = lastIndex;
        roundTicks = 0;
        return quick && isActive();
    }

    // ---- snapshots ----

    /** The snapshot that is on its way to it, instead of entries. */
    Optional<SnapshotSending> snapshot() {
        return snapshot;
    }

    void sendSnapshot(Snapshot latest) {
        probe(matchIndex + 1);
        snapshot = Optional.of(new SnapshotSending(latest));
    }

    /** It has told how much of a snapshot is there. */
    void snapshotStored(long index, long checksum, long storedBytes, long round) {
        heard(round);
        snapshot.filter(sending -> sending.snapshot().index() == index
                        && sending.snapshot().checksum() == checksum)
                .ifPresent(sending -> sending.stored(storedBytes));
    }

    /** All entries up to {@code index} are durable there; whether that raised the match index. */
    boolean snapshotInstalled(long index, long round) {
        heard(round);
        if (index <= matchIndex) {
            return false;
        }
        matchIndex = index;
        if (nextIndex <= matchIndex || snapshot.isPresent()) {
            snapshot = Optional.empty();
            probe(matchIndex + 1);
        }
        return true;
    }

    private void heard(long round) {
        recentlyActive = true;
        confirmedRound = Math.max(confirmedRound, round);
    }

    private void probe(long from) {
        probing = true;
        probeSent = false;
        nextIndex = from;
        afterProbe = from;
        sentCommitIndex = Math.min(sentCommitIndex, from - 1);
        inflight.clear();
        inflightBytes = 0;
    }

    private record Append(long lastIndex, long bytes) {}
}
