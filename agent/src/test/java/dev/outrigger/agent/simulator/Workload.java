package dev.outrigger.agent.simulator;

import org.jspecify.annotations.Nullable;

/** All that stands above the cores of a cluster: applications, sessions, clients, and the judgement of what clients saw. */
public interface Workload {
    /** An agent's process has started; its core is there, and nothing has come out of it yet. */
    NodeFront boot(Host host);

    /** The clients begin. Before that nothing was proposed. */
    void begin();

    /** Something happens to the application beside this agent; ends by itself. */
    void fault(int rank, FaultKind kind);

    /** The machine has lost all its disks, the application's too. */
    void wiped(int rank);

    /**
     * No more faults of applications: those that are down come back. Clients turn to these machines only, finish what they
     * have begun, ask for one thing more each, and stop.
     */
    void calm(boolean[] healthy);

    /** Whether every client has got all that it asked for since {@link #calm}. */
    boolean settled();

    /** Highest index that the application beside this agent has applied. */
    long appliedIndex(int rank);

    /** Everything has settled: what is wrong with what clients saw, or nothing. */
    @Nullable
    String audit();
}
