package dev.outrigger.agent.simulator;

import dev.outrigger.agent.core.CoreOptions;
import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.MemberId;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What one seed is like: sizes, speeds, limits, and which faults there are. Each kind of fault is off in half of all
 * seeds, since some mistakes show only where others are absent; rates are drawn over three decades.
 */
final class Swarm {
    private static final int[] SIZES = {1, 3, 3, 5, 5};
    private static final FaultKind[] KINDS = FaultKind.values();
    private static final long SECOND = 1_000_000;

    final SeedKind kind;
    /** The schedule aims at changes of members under changes of leaders. */
    final boolean guided;

    final int voters;
    /** Machines that are no members at first. */
    final int spares;

    final long tickMicros;
    final int heartbeatTicks;
    final int electionTicks;
    /** How long an election timeout lasts at most, on the slowest clock. */
    final long electionMicros;

    final long delayMicros;
    final double delaySigma;
    final long forceMicros;
    final long readMicros;
    /** An agent's event loop takes up to this long before it looks at its core's output. */
    final long turnMicros;
    /** Entries kept behind a snapshot for slow followers. */
    final int entriesKept;

    final int snapshotEvery;
    final int clients;
    final long warmUpMicros;
    final long chaosMicros;

    private final boolean[] on = new boolean[KINDS.length];
    /** Mean time between two, or for lasting ones a share, from 0 to 1. */
    private final double[] rates = new double[KINDS.length];

    private final int appendEntriesMax;
    private final int appendBytesMax;
    private final int inflightAppendsMax;
    private final long inflightBytesMax;
    private final long uncommittedBytesMax;
    private final long tailBytesMax;
    private final int pendingReadsMax;
    private final int chunkBytesMax;

    Swarm(SplittableRandom random, Reduction reduction) {
        int draw = random.nextInt(100);
        kind = draw < 70 ? SeedKind.SAFE : draw < 90 ? SeedKind.WILD : SeedKind.LONG;
        guided = kind != SeedKind.LONG && random.nextInt(100) < 16;
        voters = Math.min(guided ? 3 + 2 * random.nextInt(2) : SIZES[random.nextInt(SIZES.length)], reduction.voters());
        spares = Math.min(guided ? 2 : random.nextInt(3), reduction.spares());
        tickMicros = 10_000 + 1000 * random.nextInt(30);
        heartbeatTicks = 1 + random.nextInt(4);
        electionTicks = heartbeatTicks * (3 + random.nextInt(8)) + random.nextInt(3);
        electionMicros = (long) (2.5 * electionTicks * tickMicros);
        delayMicros = (long) logUniform(random, 200, Math.max(1000, electionTicks * tickMicros / 30.0));
        delaySigma = random.nextDouble(0.8);
        forceMicros = (long) logUniform(random, 50, electionTicks * tickMicros / 20.0);
        readMicros = (long) logUniform(random, 20, electionTicks * tickMicros / 20.0);
        turnMicros = random.nextInt(3) == 0 ? 0 : (long) logUniform(random, 10, 3000);
        entriesKept = random.nextInt(3) == 0 ? 0 : random.nextInt(100);
        snapshotEvery = random.nextInt(4) == 0 ? 0 : (int) logUniform(random, 3, 400);
        clients = Math.min(1 + random.nextInt(8), reduction.clients());
        warmUpMicros = SECOND + random.nextLong(2 * SECOND);
        long shortChaos = 8 * SECOND + random.nextLong(12 * SECOND);
        chaosMicros = Math.min(kind == SeedKind.LONG ? 8 * shortChaos : shortChaos, 1000L * reduction.chaosMillis());
        boolean tiny = random.nextInt(3) == 0;
        appendEntriesMax = tiny ? 1 + random.nextInt(4) : 1 + random.nextInt(256);
        appendBytesMax = tiny ? 60 + random.nextInt(400) : 1 << (9 + random.nextInt(8));
        inflightAppendsMax = tiny ? 1 + random.nextInt(4) : 1 + random.nextInt(64);
        inflightBytesMax = tiny ? 60 + random.nextInt(1000) : 1 << (10 + random.nextInt(10));
        uncommittedBytesMax = random.nextInt(3) == 0 ? 300 + random.nextInt(2000) : 1 << (12 + random.nextInt(10));
        tailBytesMax = uncommittedBytesMax + (random.nextBoolean() ? random.nextInt(300) : 1 << 16);
        pendingReadsMax = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1000;
        chunkBytesMax = random.nextInt(3) == 0 ? 10 + random.nextInt(100) : 1 << (8 + random.nextInt(8));
        drawFaults(random, reduction);
    }

    private void drawFaults(SplittableRandom random, Reduction reduction) {
        double calm = kind == SeedKind.LONG ? 6 : guided ? 4 : 1;
        for (FaultKind fault : KINDS) {
            int slot = fault.ordinal();
            on[slot] = random.nextBoolean() && !reduction.isOff(fault);
            rates[slot] = fault.isLasting()
                    ? logUniform(random, 0.0003, 0.3) / calm
                    : logUniform(random, 0.5 * SECOND, 60.0 * SECOND) * calm;
        }
    }

    static double logUniform(RandomGenerator random, double from, double to) {
        return from * Math.exp(random.nextDouble() * Math.log(to / from));
    }

    int machines() {
        return voters + spares;
    }

    boolean isOn(FaultKind fault) {
        return on[fault.ordinal()];
    }

    /** Of a lasting fault: how often, from 0 (never) to 1. */
    double share(FaultKind fault) {
        return on[fault.ordinal()] ? rates[fault.ordinal()] : 0;
    }

    /** Of any other: microseconds between two on average. */
    double meanMicros(FaultKind fault) {
        return rates[fault.ordinal()];
    }

    boolean keepsBudget() {
        return kind != SeedKind.WILD;
    }

    CoreOptions options(MemberId self, String storageId, Configuration formed) {
        return new CoreOptions(
                self,
                storageId,
                formed,
                electionTicks,
                heartbeatTicks,
                appendEntriesMax,
                appendBytesMax,
                inflightAppendsMax,
                inflightBytesMax,
                uncommittedBytesMax,
                tailBytesMax,
                pendingReadsMax,
                chunkBytesMax);
    }

    /** How many entries can be on their way to a slow follower in one round trip, at least 1. */
    int entriesPerRoundTrip() {
        long byBytes = Math.max(1, Math.min(inflightBytesMax, (long) appendBytesMax * inflightAppendsMax) / 120);
        return (int) Math.max(1, Math.min(byBytes, (long) appendEntriesMax * inflightAppendsMax));
    }

    int chunkBytesMax() {
        return chunkBytesMax;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(kind).append(guided ? " guided" : "").append(", voters ").append(voters);
        text.append(", spares ").append(spares).append(", faults");
        for (FaultKind fault : KINDS) {
            if (isOn(fault)) {
                text.append(' ').append(fault);
            }
        }
        return text.toString();
    }
}
