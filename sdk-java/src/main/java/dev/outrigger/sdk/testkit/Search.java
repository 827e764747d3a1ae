package dev.outrigger.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.sdk.testkit.Observation.Mismatch;
import dev.outrigger.sdk.testkit.Replica.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Runs the script through one scenario after another and finds the first command after which a replica differs. */
final class Search {
    private static final int BATCH_MAX = 16;
    private static final int RESTORES_MAX = 8;
    private static final int SHORT = 1_000;
    private static final int TWINS_MANY = 30;
    private static final int TWINS_FEW = 5;

    private final Lab lab;
    private final Script script;
    private final Plan plan;
    private final Trace trace;
    private final long traceEndNanos;
    private final List<String> notes = new ArrayList<>();
    private Optional<Found> best = Optional.empty();

    private interface Run {
        Optional<Found> run(SplittableRandom random);
    }

    Search(Lab lab, Script script, Plan plan) {
        this.lab = lab;
        this.script = script;
        this.plan = plan;
        try (Replica first = lab.start(script)) {
            trace = Trace.of(first);
        }
        traceEndNanos = System.nanoTime();
    }

    Trace trace() {
        return trace;
    }

    /** What could not be tried, and why. */
    List<String> notes() {
        return notes;
    }

    Optional<Found> run() {
        if (trace.endsInFailure()) {
            Observed none = Observed.of("an answer".getBytes(UTF_8));
            Observation last = trace.afterFirst(trace.size());
            Observed thrown = Objects.requireNonNull(last.shown().get(Observation.EXCEPTION));
            best = Optional.of(
                    Found.at(Scenario.ALONE, trace.size() - 1, new Mismatch(Observation.EXCEPTION, none, thrown))
                            .because(Reason.EXCEPTION));
        }
        times(2, Scenario.SAME_MOMENT, random -> straight(Scenario.SAME_MOMENT, false));
        times(1, Scenario.REPLAYING, random -> straight(Scenario.REPLAYING, true));
        times(plan.rounds(), Scenario.BATCHES, this::batches);
        if (plan.otherJvm()) {
            times(1, Scenario.OTHER_JVM, random -> otherJvm());
        }
        if (givesSnapshots()) {
            times(plan.rounds(), Scenario.RESTORED, this::restored);
        } else {
            notes.add("it gives no snapshots, so none were restored");
        }
        if (lab.isDurable()) {
            times(plan.rounds(), Scenario.RESTARTED, random -> new Restarts(lab, script, trace, random).run(limit()));
        }
        awaitLater();
        times(1, Scenario.LATER, random -> straight(Scenario.LATER, false));
        if (best.isPresent() && best.get().scenario().compareTo(Scenario.LATER) > 0) {
            // Chance that seldom shows must not pass for what the scenario was about.
            int twins = limit() <= SHORT ? TWINS_MANY : TWINS_FEW;
            times(twins, Scenario.SAME_MOMENT, random -> straight(Scenario.SAME_MOMENT, false));
        }
        return best;
    }

    private boolean givesSnapshots() {
        return trace.afterFirst(0).shown().containsKey(Observation.SNAPSHOT);
    }

    private void times(int rounds, Scenario scenario, Run run) {
        for (int round = 0; round < rounds; round++) {
            SplittableRandom random = new SplittableRandom(plan.seed() * 1_000_003 + scenario.ordinal() * 101L + round);
            Optional<Found> found;
            try {
                found = run.run(random);
            } catch (SnapshotFailure e) {
                found = Optional.of(snapshotFailure(scenario, e));
            }
            if (found.isPresent() && (best.isEmpty() || found.get().isBefore(best.get()))) {
                best = found;
            }
        }
    }

    static Found snapshotFailure(Scenario scenario, SnapshotFailure failure) {
        return Found.at(
                        scenario,
                        Math.max(0, failure.applied() - 1),
                        new Mismatch(
                                Observation.SNAPSHOT,
                                Observed.of("can be written and restored".getBytes(UTF_8)),
                                Observed.of(String.valueOf(failure.getMessage()).getBytes(UTF_8))))
                .because(Reason.SNAPSHOT_FAILS);
    }

    /** Number of commands that are worth running: what comes after a known difference tells nothing. */
    private int limit() {
        return best.map(found -> found.place() + 1).orElse(trace.size());
    }

    private Optional<Found> straight(Scenario scenario, boolean replay) {
        try (Replica replica = lab.start(script)) {
            return straight(replica, scenario, replay, limit());
        }
    }

    private Optional<Found> straight(Replica replica, Scenario scenario, boolean replay, int limit) {
        while (replica.applied() < limit) {
            Optional<Found> found = compare(replica.deliver(1, replay), scenario);
            if (found.isPresent()
                    || trace.afterFirst(Math.min(limit, replica.applied() + 1)).failed()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Found> compare(List<Step> steps, Scenario scenario) {
        return steps.stream()
                .map(step -> trace.compare(step, scenario))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Found> batches(SplittableRandom random) {
        int limit = limit();
        int last = 0;
        try (Replica replica = lab.start(script)) {
            while (replica.applied() < limit) {
                int again = random.nextBoolean() ? random.nextInt(last + 1) : 0;
                int count = Math.min(limit - replica.applied(), random.nextInt(BATCH_MAX + 1));
                List<Step> steps = replica.deliver(again, count, false);
                Optional<Found> found = compare(steps, Scenario.BATCHES);
                if (found.isPresent()) {
                    return found;
                }
                if (steps.stream().anyMatch(step -> step.observation().failed())) {
                    return Optional.empty();
                }
                last = again + count;
            }
        }
        return Optional.empty();
    }

    private Optional<Found> restored(SplittableRandom random) {
        int limit = trace.endsInFailure() ? Math.min(limit(), trace.size() - 1) : limit();
        Replica replica = lab.start(script);
        try {
            int restores = 1 + random.nextInt(RESTORES_MAX);
            for (int i = 0; i < restores; i++) {
                int until = replica.applied() + random.nextInt(limit - replica.applied() + 1);
                Optional<Found> found = straight(replica, Scenario.RESTORED, false, until);
                if (found.isPresent()) {
                    return found;
                }
                Replica next = Interruption.bySnapshot(lab, script).interrupt(replica);
                replica.close();
                replica = next;
                found = trace.compareState(replica, Scenario.RESTORED);
                if (found.isPresent()) {
                    return found;
                }
            }
            return straight(replica, Scenario.RESTORED, false, limit);
        } finally {
            replica.close();
        }
    }

    private Optional<Found> otherJvm() {
        try {
            List<Observation> seen = OtherJvm.run(lab, script, limit(), true);
            for (int place = 0; place < seen.size(); place++) {
                Optional<Found> found = trace.compare(new Step(place, seen.get(place)), Scenario.OTHER_JVM);
                if (found.isPresent()) {
                    return found;
                }
            }
        } catch (OtherJvm.UnavailableException e) {
            notes.add("no other JVM was tried: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void awaitLater() {
        awaitLater(traceEndNanos, plan);
    }

    static void awaitLater(long sinceNanos, Plan plan) {
        long waitNanos = plan.later().toNanos() - (System.nanoTime() - sinceNanos);
        if (waitNanos > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(waitNanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while time was to pass", e);
            }
        }
    }
}
