package dev.outrigger.agent.core;

import java.util.ArrayDeque;
import java.util.Deque;

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
    private boolean recentlyActive = true;
    private boolean fetching;

    Progress(long nextIndex, int inflightAppendsMax, long inflightBytesMax) {
        this.nextIndex = nextIndex;
        this.afterProbe = nextIndex;
        this.inflightAppendsMax = inflightAppendsMax;
        this.inflightBytesMax = inflightBytesMax;
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
        if (probing) {
            return !probeSent;
        }
        return inflight.size() < inflightAppendsMax && inflightBytes < inflightBytesMax;
    }

    boolean isFetching() {
        return fetching;
    }

    void fetching(boolean now) {
        fetching = now;
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
        boolean stale = rejectedIndex <= matchIndex || probing && rejectedIndex != nextIndex - 1;
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

    /** A heartbeat is due: a probe that got no answer may be repeated. */
    void heartbeat() {
        probeSent = false;
    }

    /** Whether it was heard since the last call (check quorum, Diss. §6.2). */
    boolean takeRecentlyActive() {
        boolean active = recentlyActive;
        recentlyActive = false;
        return active;
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
