package dev.outrigger.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.StateMachine;
import dev.outrigger.sdk.testkit.Observation.Mismatch;
import dev.outrigger.sdk.testkit.Replica.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One durable state through several lives, each of which but the last ends in the middle of a delivery. */
final class Restarts {
    private static final int LIVES = 6;
    private static final int BATCH_MAX = 8;

    private final Lab lab;
    private final Script script;
    private final Trace trace;
    private final SplittableRandom random;
    /** How many commands may be in the state, whatever it says. */
    private int reached;

    private @Nullable CrashingMachine machine;

    Restarts(Lab lab, Script script, Trace trace, SplittableRandom random) {
        this.lab = lab;
        this.script = script;
        this.trace = trace;
        this.random = random;
    }

    Optional<Found> run(int limit) {
        int end = trace.endsInFailure() ? Math.min(limit, trace.size() - 1) : limit;
        Path directory = Lab.newDirectory();
        try {
            for (int life = 1; life <= LIVES; life++) {
                try (Replica replica = lab.open(directory, script, this::crashing)) {
                    int until = life == LIVES ? end : Math.min(end, reached + random.nextInt(end / LIVES + 2));
                    Optional<Found> found = live(replica, until, end);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        } finally {
            delete(directory);
        }
    }

    private CrashingMachine crashing(StateMachine inner) {
        machine = new CrashingMachine(inner);
        return machine;
    }

    private Optional<Found> live(Replica replica, int until, int end) {
        int start = replica.applied();
        int before = reached;
        Optional<Found> found = checkStart(replica);
        while (found.isEmpty() && replica.applied() < until) {
            int count = Math.min(until - replica.applied(), 1 + random.nextInt(BATCH_MAX));
            List<Step> steps = replica.deliver(count, start < before);
            reached = Math.max(reached, replica.applied());
            found = steps.stream()
                    .map(step -> trace.compare(step, Scenario.RESTARTED))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .map(differing -> afterDoubt(differing, start, before));
        }
        if (found.isEmpty() && until < end && machine != null) {
            int count = Math.min(end - replica.applied(), 1 + random.nextInt(BATCH_MAX));
            int commands = random.nextInt(count + 1);
            machine.crashAfter(commands);
            int from = replica.applied();
            replica.deliver(count, false);
            reached = Math.max(reached, from + commands);
        }
        return found;
    }

    /** Commands that were delivered again are the first suspects. */
    private static Found afterDoubt(Found found, int start, int reachedBefore) {
        return start < reachedBefore ? found.from(start).because(Reason.POSITION_BEHIND) : found;
    }

    private Optional<Found> checkStart(Replica replica) {
        int applied = replica.applied();
        long index = replica.position().index();
        if (applied > reached || script.lastIndex(applied) != index) {
            return Optional.of(Found.at(
                            Scenario.RESTARTED,
                            Math.max(0, Math.min(reached, trace.size()) - 1),
                            new Mismatch(
                                    "its position after a restart",
                                    text("at most index " + script.lastIndex(reached) + ", that of a command"),
                                    text("index " + index)))
                    .because(Reason.POSITION_AHEAD));
        }
        return trace.compareState(replica, Scenario.RESTARTED).map(found -> explain(found, replica));
    }

    /** The state of another place says which of the two, state or position, was stored without the other. */
    private Found explain(Found found, Replica replica) {
        Observation state = replica.state();
        int applied = replica.applied();
        for (int other = Math.min(reached, trace.size()); other > applied; other--) {
            if (isStateAfter(other, state)) {
                return found.from(applied).because(Reason.POSITION_BEHIND);
            }
        }
        for (int other = applied - 1; other >= 0; other--) {
            if (isStateAfter(other, state)) {
                return found.from(other).because(Reason.POSITION_AHEAD);
            }
        }
        return found;
    }

    private boolean isStateAfter(int applied, Observation state) {
        Observation seen = trace.afterFirst(applied);
        return (applied == 0 || script.looksAfter(applied - 1)) && seen.sameStateAs(state);
    }

    private static Observed text(String text) {
        return Observed.of(text.getBytes(UTF_8));
    }

    static void delete(Path directory) {
        try {
            Lab.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
