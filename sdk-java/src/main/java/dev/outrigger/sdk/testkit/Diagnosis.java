package dev.outrigger.sdk.testkit;

import dev.outrigger.sdk.testkit.Replica.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds out the likely reason of a difference, and the command that it begins with, by trying what else differs. */
final class Diagnosis {
    private static final int SAMPLES = 12;
    private static final int SCAN_MAX = 300;
    private static final int HIDDEN_SCAN_MAX = 2_000;
    private static final int FIELDS_SHOWN = 3;

    private final Lab lab;
    private final Script script;
    private final Plan plan;
    private final @Nullable Trace trace;

    Diagnosis(Lab lab, Script script, Plan plan) {
        this(lab, script, plan, null);
    }

    Diagnosis(Lab lab, Script script, Plan plan, @Nullable Trace trace) {
        this.lab = lab;
        this.script = script;
        this.plan = plan;
        this.trace = trace;
    }

    Difference explain(Found found) {
        if (found.reason().equals(Optional.of(Reason.SNAPSHOT_FAILS))) {
            return lost(found, Reason.SNAPSHOT_FAILS, Interruption.bySnapshot(lab, script));
        }
        if (found.reason().isPresent()) {
            return difference(found, found.reason().get(), "");
        }
        return switch (found.scenario()) {
            case ALONE -> difference(found, Reason.UNKNOWN, "");
            case SAME_MOMENT -> hidden(found, Samples.reason(samples(found), found.mismatch()));
            case LATER -> hidden(found, Samples.goBack(samples(found)) ? Reason.RANDOM : Reason.CLOCK);
            case REPLAYING -> hidden(found, Reason.REPLAYING);
            case BATCHES -> difference(found, Reason.DELIVERY, "");
            case OTHER_JVM -> difference(found, inOtherJvms(found), "");
            case RESTORED -> lost(found, Reason.NOT_IN_SNAPSHOT, Interruption.bySnapshot(lab, script));
            case RESTARTED -> restarted(found);
        };
    }

    Difference difference(Found found, Reason reason, String fields) {
        byte[] expected = found.mismatch().expected().content().orElse(new byte[0]);
        byte[] actual = found.mismatch().actual().content().orElse(new byte[0]);
        int at = Math.max(0, Arrays.mismatch(expected, actual));
        return new Difference(
                found.place() + 1,
                script.commands().get(found.place()),
                reason,
                found.scenario().description(),
                found.mismatch().what(),
                found.shownAt() + 1,
                script.commands().get(found.shownAt()),
                Text.from(expected, at),
                Text.from(actual, at),
                fields);
    }

    /** Shown by one replica after another, a few milliseconds apart, clocks rise and chance does not. */
    private List<byte[]> samples(Found found) {
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            // Not evenly: a counter that all share rises by the same each time, a clock does not.
            pause(2 + i);
            try (Replica replica = lab.start(script)) {
                List<Step> steps = List.of();
                while (replica.applied() <= found.place()
                        && steps.stream().noneMatch(s -> s.observation().failed())) {
                    steps = replica.deliver(1, false);
                }
                for (Step step : steps) {
                    Observed seen =
                            step.observation().shown().get(found.mismatch().what());
                    if (seen != null) {
                        seen.content().ifPresent(samples::add);
                    }
                }
            }
        }
        return samples;
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while time was to pass", e);
        }
    }

    /** Two more JVMs, with our time zone and locale: when they differ too, it is not those. */
    private Reason inOtherJvms(Found found) {
        try {
            for (int i = 0; i < 2; i++) {
                List<Observation> seen = OtherJvm.run(lab, script, found.place() + 1, false);
                Observation there = seen.get(seen.size() - 1);
                if (trace == null
                        || trace.afterFirst(seen.size()).mismatch(there).isPresent()) {
                    return Reason.HASH_ORDER;
                }
            }
            return Reason.ENVIRONMENT;
        } catch (OtherJvm.UnavailableException e) {
            return Reason.UNKNOWN;
        }
    }

    /** A difference may be there for long before a result shows it; the fields tell since when. */
    private Difference hidden(Found found, Reason reason) {
        if (found.place() >= HIDDEN_SCAN_MAX) {
            return difference(found, reason, "");
        }
        boolean replay = found.scenario() == Scenario.REPLAYING;
        List<Map<String, String>> first = new ArrayList<>();
        try (Replica replica = lab.start(script)) {
            first.add(Fields.of(replica.machine()));
            while (replica.applied() <= found.place() && !step(replica, false)) {
                first.add(Fields.of(replica.machine()));
            }
        }
        if (found.scenario() == Scenario.LATER) {
            Search.awaitLater(System.nanoTime(), plan);
        }
        try (Replica replica = lab.start(script)) {
            TreeSet<String> ignored = new TreeSet<>(Fields.differing(first.get(0), Fields.of(replica.machine())));
            while (replica.applied() + 1 < first.size() && !step(replica, replay)) {
                Map<String, String> before = first.get(replica.applied());
                Map<String, String> after = Fields.of(replica.machine());
                List<String> paths = new ArrayList<>(Fields.differing(before, after));
                paths.removeAll(ignored);
                if (!paths.isEmpty()) {
                    boolean bySnapshot = found.mismatch().what().equals(Observation.SNAPSHOT);
                    Found since = bySnapshot ? found : found.from(replica.applied() - 1);
                    return difference(since, reason, text(paths, before, after));
                }
            }
        }
        return difference(found, reason, "");
    }

    /** True when the replica cannot go on. */
    private static boolean step(Replica replica, boolean replay) {
        return replica.deliver(1, replay).stream()
                .anyMatch(step -> step.observation().failed());
    }

    private static String text(List<String> paths, Map<String, String> one, Map<String, String> other) {
        StringBuilder text = new StringBuilder();
        for (String path : paths.subList(0, Math.min(FIELDS_SHOWN, paths.size()))) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(path)
                    .append(": ")
                    .append(shortened(one.get(path)))
                    .append(" and ")
                    .append(shortened(other.get(path)));
        }
        return paths.size() > FIELDS_SHOWN ? text + "; and more" : text.toString();
    }

    private static String shortened(@Nullable String value) {
        String text = String.valueOf(value);
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    private Difference restarted(Found found) {
        Path directory = Lab.newDirectory();
        try {
            return lost(found, Reason.RESTART, Interruption.byRestart(lab, script, directory));
        } finally {
            Restarts.delete(directory);
        }
    }

    /** Interrupts after one command and another, to find the first whose effect does not survive it. */
    private Difference lost(Found found, Reason reason, Interruption interruption) {
        if (Samples.isReordered(found.mismatch())) {
            return difference(found, Reason.HASH_ORDER, "");
        }
        int hi = found.place() + 1;
        if (hi <= SCAN_MAX) {
            for (int after = 0; after <= hi; after++) {
                Optional<Difference> shown = lostAfter(after, found, reason, interruption);
                if (shown.isPresent()) {
                    return shown.get();
                }
            }
            return difference(found, reason, "");
        }
        Optional<Difference> last = Optional.empty();
        int low = 0;
        while (low < hi) {
            int middle = (low + hi) >>> 1;
            Optional<Difference> shown = lostAfter(middle, found, reason, interruption);
            if (shown.isPresent()) {
                last = shown;
                hi = middle;
            } else {
                low = middle + 1;
            }
        }
        return last.orElseGet(() -> difference(found, reason, ""));
    }

    private Optional<Difference> lostAfter(int after, Found found, Reason reason, Interruption interruption) {
        if (trace == null) {
            return Optional.empty();
        }
        Replica replica = interruption.start();
        try {
            while (replica.applied() < after) {
                if (step(replica, false)) {
                    return Optional.empty();
                }
            }
            Map<String, String> before = Fields.of(replica.machine());
            Replica next = interruption.interrupt(replica);
            replica.close();
            replica = next;
            Map<String, String> now = Fields.of(replica.machine());
            Optional<Found> shown = trace.compareState(replica, found.scenario());
            while (shown.isEmpty() && replica.applied() <= found.place()) {
                List<Step> steps = replica.deliver(1, false);
                shown = steps.stream()
                        .map(step -> trace.compare(step, found.scenario()))
                        .flatMap(Optional::stream)
                        .findFirst();
                if (steps.stream().anyMatch(step -> step.observation().failed())) {
                    break;
                }
            }
            return shown.map(at -> difference(
                    after == 0 ? at : at.from(Math.min(at.place(), after - 1)),
                    reason,
                    text(Fields.differing(before, now), before, now)));
        } catch (SnapshotFailure e) {
            Found failure = Search.snapshotFailure(found.scenario(), e);
            return reason == Reason.SNAPSHOT_FAILS ? Optional.of(difference(failure, reason, "")) : Optional.empty();
        } finally {
            replica.close();
        }
    }
}
