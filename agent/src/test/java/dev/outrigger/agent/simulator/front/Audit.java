package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.simulator.history.AppendOnce;
import dev.outrigger.agent.simulator.history.Finding;
import dev.outrigger.agent.simulator.history.Linearizability;
import dev.outrigger.agent.simulator.history.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last word on one run: what clients saw against each other, and against what the applications hold in the end. */
final class Audit {
    private Audit() {}

    /**
     * What is wrong, or null.
     *
     * @param apps of which the furthest holds the final state
     */
    static @Nullable String run(List<Operation> operations, VirtualApp[] apps, FrontWatch watch) {
        String failure = watch.failure();
        if (failure != null) {
            return failure;
        }
        VirtualApp furthest = apps[0];
        for (VirtualApp app : apps) {
            furthest = app.appliedIndex() > furthest.appliedIndex() ? app : furthest;
        }
        Finding lists = AppendOnce.check(operations, furthest.lists());
        if (!lists.legal()) {
            return "not exactly once: " + lists.explanation();
        }
        Finding registers = Linearizability.check(operations);
        if (registers.conclusion() == Finding.Conclusion.INCONCLUSIVE) {
            watch.unjudged();
        }
        return registers.conclusion() == Finding.Conclusion.ILLEGAL
                ? "not linearizable: " + registers.explanation()
                : null;
    }
}
