package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.testkit.Replica.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the first replica has shown, command by command, and what all others are compared with. */
final class Trace {
    /** Beyond that only digests are kept, so a difference is found and its place named, but not shown. */
    private static final int BYTES_MAX = 64 << 20;

    private final Observation before;
    private final List<Observation> after = new ArrayList<>();
    private long bytes;

    /** @param before what the state showed before the first command */
    Trace(Observation before) {
        this.before = before;
    }

    /** Has the replica apply its whole script, one command at a time, up to one that throws. */
    static Trace of(Replica replica) {
        Trace trace = new Trace(replica.state());
        while (!replica.atEnd() && !trace.endsInFailure()) {
            replica.deliver(1, false).forEach(step -> trace.add(step.observation()));
        }
        return trace;
    }

    void add(Observation observation) {
        Observation kept = bytes > BYTES_MAX ? observation.withoutContent() : observation;
        bytes += kept.sizeBytes();
        after.add(kept);
    }

    int size() {
        return after.size();
    }

    boolean endsInFailure() {
        return !after.isEmpty() && after.get(after.size() - 1).failed();
    }

    /** What was seen after the first {@code applied} commands. */
    Observation afterFirst(int applied) {
        return applied == 0 ? before : after.get(applied - 1);
    }

    Optional<Found> compare(Step step, Scenario scenario) {
        if (step.place() >= after.size()) {
            return Optional.empty();
        }
        return after.get(step.place())
                .mismatch(step.observation())
                .map(mismatch -> Found.at(scenario, step.place(), mismatch));
    }

    /** Compares the state of a replica with what was seen after as many commands. */
    Optional<Found> compareState(Replica replica, Scenario scenario) {
        int applied = Math.min(replica.applied(), size());
        return afterFirst(applied)
                .mismatch(replica.state())
                .map(mismatch -> Found.at(scenario, Math.max(0, applied - 1), mismatch));
    }
}
