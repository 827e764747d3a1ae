package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.simulator.Watcher;
import org.jspecify.annotations.Nullable;

/** Hands on to the watcher of the whole simulation, and adds what that does not compare. */
final class EngineWatch implements FrontWatch {
    private final Watcher watcher;
    private final long[] happenings = new long[Happening.values().length];
    private final SessionAnswers answers = new SessionAnswers();

    EngineWatch(Watcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public void applied(int rank, long index, long digest) {
        watcher.applied(rank, index, digest);
    }

    @Override
    public void sessions(int rank, long index, long digest) {
        watcher.sessions(rank, index, digest);
    }

    @Override
    public void sessionResult(int rank, long session, long sequence, long digest) {
        if (!answers.same(session, sequence, digest)) {
            watcher.violation("invariant 12: another result of command " + sequence + " of session " + session
                    + " at member " + rank);
        }
    }

    @Override
    public void acknowledged(int rank, long index, long term) {
        watcher.acknowledged(rank, index, term);
    }

    @Override
    public long acknowledgedIndex() {
        return watcher.acknowledgedIndex();
    }

    @Override
    public void met(Happening what) {
        happenings[what.ordinal()]++;
        watcher.met(what);
    }

    @Override
    public long count(Happening what) {
        return happenings[what.ordinal()];
    }

    @Override
    public void unjudged() {
        watcher.unjudged();
    }

    @Override
    public void violation(String what) {
        watcher.violation(what);
    }

    @Override
    public @Nullable String failure() {
        return null; // The engine looks for itself.
    }
}
