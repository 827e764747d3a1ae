package dev.outrigger.agent.simulator.front;

import org.jspecify.annotations.Nullable;

/** Is told what must be the same everywhere. All digests are comparable over members and over restarts. */
public interface FrontWatch {
    /** The application of {@code rank} has applied the command at {@code index}, or was given a state of that index. */
    void applied(int rank, long index, long digest);

    /** The session table of {@code rank} has seen everything up to {@code index}. */
    void sessions(int rank, long index, long digest);

    /** The command {@code sequence} of {@code session} was answered with a result of this digest. */
    void sessionResult(int rank, long session, long sequence, long digest);

    /** A client is told that its command at {@code index} is done: reads that begin later must see it. */
    void acknowledged(int rank, long index, long term);

    /** Highest index acknowledged to anybody so far. */
    long acknowledgedIndex();

    /** Something worth counting. */
    void met(Happening what);

    /** How often it happened. */
    long count(Happening what);

    /** The search for an order of what clients saw was given up. */
    void unjudged();

    /** Something that never may happen has happened. */
    void violation(String what);

    /** The first violation, or null. */
    @Nullable
    String failure();
}
