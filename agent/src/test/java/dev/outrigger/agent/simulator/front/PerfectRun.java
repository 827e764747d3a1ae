package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.simulator.FaultKind;
import dev.outrigger.agent.simulator.Timeline;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One seed over the {@link PerfectLog}: trouble for some seconds, then quiet, then the judgement. */
final class PerfectRun {
    private static final FaultKind[] APP_FAULTS = {
        FaultKind.APP_CRASH_KEEP,
        FaultKind.APP_CRASH_LOSE,
        FaultKind.APP_OLD_INDEX,
        FaultKind.APP_HANG,
        FaultKind.APP_LATE,
        FaultKind.APP_DOUBLE
    };
    private static final long CHAOS_MICROS = 12_000_000;
    private static final long PACE_MICROS = 300_000;
    /** As the engine has it: so many election timeouts until all has settled. */
    private static final long QUIET_MICROS = 40 * PACE_MICROS;

    private final FrontWatch watch = new OwnWatch();
    private final Timeline timeline = new Timeline();
    private final SplittableRandom random;
    private final AppsAndClients workload;
    private final PerfectLog log;
    private final long troubleMicros;

    /** What is above the log, whole or broken. */
    interface Build {
        AppsAndClients build(
                Timeline timeline, SplittableRandom random, AppsAndClients.Size size, FrontWatch watch, PerfectLog log);
    }

    PerfectRun(long seed, int operations, Build build) {
        random = new SplittableRandom(seed);
        int machines = 1 + random.nextInt(5);
        int clients = 1 + random.nextInt(8);
        int snapshotEvery = random.nextInt(4) == 0 ? 0 : 3 + random.nextInt(200);
        log = new PerfectLog(timeline, random.split(), random.nextInt(3) == 0 ? 0 : 0.03 * random.nextDouble());
        AppsAndClients.Size size = new AppsAndClients.Size(
                machines, machines, clients, operations, CHAOS_MICROS, PACE_MICROS, snapshotEvery);
        workload = build.build(timeline, random.split(), size, watch, log);
        for (int rank = 0; rank < machines; rank++) {
            log.add(new PerfectHost(rank, timeline, random.split(), log));
        }
        troubleMicros = random.nextInt(5) == 0 ? Long.MAX_VALUE : 100_000 + random.nextLong(2_000_000);
    }

    AppsAndClients workload() {
        return workload;
    }

    Timeline timeline() {
        return timeline;
    }

    /** What is wrong, or null. */
    @Nullable
    String run() {
        log.hosts().forEach(host -> host.boot(workload));
        workload.begin();
        if (troubleMicros < CHAOS_MICROS) {
            timeline.after(troubleMicros, this::trouble);
        }
        while (watch.failure() == null && timeline.step(CHAOS_MICROS)) {}
        for (PerfectHost host : log.hosts()) {
            if (!host.isRunning()) {
                host.boot(workload);
            }
        }
        boolean[] healthy = new boolean[log.hosts().size()];
        Arrays.fill(healthy, true);
        workload.calm(healthy);
        long untilMicros = timeline.nowMicros() + QUIET_MICROS;
        while (watch.failure() == null && !finished() && timeline.step(untilMicros)) {}
        if (watch.failure() == null && !finished()) {
            return "not settled, log ends at " + log.lastIndex() + '\n' + workload.describe();
        }
        return workload.audit();
    }

    private boolean finished() {
        if (!workload.settled()) {
            return false;
        }
        for (int rank = 0; rank < log.hosts().size(); rank++) {
            if (workload.appliedIndex(rank) < log.lastIndex()) {
                return false;
            }
        }
        return true;
    }

    private void trouble() {
        if (timeline.nowMicros() >= CHAOS_MICROS - troubleMicros) {
            return;
        }
        PerfectHost host = log.hosts().get(random.nextInt(log.hosts().size()));
        int draw = random.nextInt(10);
        if (draw < 6) {
            workload.fault(log.hosts().indexOf(host), APP_FAULTS[random.nextInt(APP_FAULTS.length)]);
        } else if (draw < 8) {
            host.freeze(random.nextLong(3_000_000));
        } else if (host.isRunning()) {
            host.stop();
            // Soon enough, at times, for what the last one has asked of the application.
            timeline.after(random.nextLong(random.nextBoolean() ? 20_000 : 2_000_000), () -> {
                if (!host.isRunning()) {
                    host.boot(workload);
                }
            });
        }
        timeline.after(random.nextLong(2 * troubleMicros), this::trouble);
    }
}
