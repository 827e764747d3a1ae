package dev.outrigger.agent.simulator.front;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Compares over all members by itself: whoever comes first to an index tells what is right there. */
final class OwnWatch implements FrontWatch {
    private final long[] happenings = new long[Happening.values().length];
    private final SessionAnswers answers = new SessionAnswers();
    private long[] applied = new long[1024];
    private long[] sessions = new long[1024];
    private long acknowledgedIndex;
    private @Nullable String failure;

    @Override
    public void applied(int rank, long index, long digest) {
        applied = room(applied, index);
        compare(applied, "state of the application", rank, index, digest);
    }

    @Override
    public void sessions(int rank, long index, long digest) {
        sessions = room(sessions, index);
        compare(sessions, "session table", rank, index, digest);
    }

    @Override
    public void sessionResult(int rank, long session, long sequence, long digest) {
        if (!answers.same(session, sequence, digest)) {
            violation("another result of command " + sequence + " of session " + session + " at member " + rank);
        }
    }

    @Override
    public void acknowledged(int rank, long index, long term) {
        acknowledgedIndex = Math.max(acknowledgedIndex, index);
    }

    @Override
    public long acknowledgedIndex() {
        return acknowledgedIndex;
    }

    @Override
    public void met(Happening what) {
        happenings[what.ordinal()]++;
    }

    @Override
    public long count(Happening what) {
        return happenings[what.ordinal()];
    }

    @Override
    public void unjudged() {
        // Its tests are short: whoever wants to know asks for the finding itself.
    }

    @Override
    public void violation(String what) {
        failure = failure == null ? what : failure;
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    private void compare(long[] digests, String of, int rank, long index, long digest) {
        // 0 stands for "nobody was there yet".
        long seen = digest == 0 ? 1 : digest;
        long expected = digests[(int) index];
        if (expected == 0) {
            digests[(int) index] = seen;
        } else if (expected != seen) {
            violation("another " + of + " at member " + rank + ", index " + index);
        }
    }

    private static long[] room(long[] digests, long index) {
        return index < digests.length
                ? digests
                : Arrays.copyOf(digests, (int) Math.max(index + 1, 2L * digests.length));
    }
}
