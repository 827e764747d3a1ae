package dev.outrigger.agent.simulator.front;

import org.jspecify.annotations.Nullable;

/** Where clients find agents. */
interface Agents {
    /** How many machines there are. */
    int count();

    /** Whether clients turn to this machine at all; when all is calm, only if its agent is ready. */
    boolean offered(int rank);

    /** The agent that runs there now; null when none does. */
    @Nullable
    Front front(int rank);
}
