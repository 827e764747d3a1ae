package dev.outrigger.agent.simulator.front;

import java.util.random.RandomGenerator;

/**
 * How one application process fails by itself. Probabilities are per call, from 0 to 1.
 *
 * @param asBuilt what a crash costs
 * @param keepEvery a durable point is made each so many commands, from 1
 * @param wholeRestore whether a restore that is interrupted leaves the state before it, and not an empty one
 * @param lostCall the call never arrives
 * @param lostAnswer done, but the answer never arrives
 * @param lateAnswer the answer takes up to {@code lateMicros} more
 * @param twice the call arrives again later
 * @param refused answered with an error and not done
 * @param spoiled done, but answered with an error or with half of the results
 * @param crash the process dies in the middle of a batch, some of it applied
 * @param hang nothing is served for up to {@code lateMicros}
 * @param lateMicros see there
 * @param downMicros longest time until a crashed process is there again
 * @param callMicros longest time that a call or an answer takes ordinarily
 */
public record AppFaults(
        VirtualApp.Loss asBuilt,
        int keepEvery,
        boolean wholeRestore,
        double lostCall,
        double lostAnswer,
        double lateAnswer,
        double twice,
        double refused,
        double spoiled,
        double crash,
        double hang,
        long lateMicros,
        long downMicros,
        long callMicros) {

    private static final VirtualApp.Loss[] LOSSES = {
        VirtualApp.Loss.NOTHING, VirtualApp.Loss.LATEST, VirtualApp.Loss.EVERYTHING
    };

    /** Nothing goes wrong by itself. */
    public static AppFaults none() {
        return new AppFaults(VirtualApp.Loss.NOTHING, 50, true, 0, 0, 0, 0, 0, 0, 0, 0, 500_000, 100_000, 200);
    }

    /**
     * Each kind of failure is off with a chance of one half; the others are anything between rare and frequent.
     *
     * @param paceMicros about as long as an election takes
     */
    public static AppFaults draw(RandomGenerator random, long paceMicros) {
        return new AppFaults(
                LOSSES[random.nextInt(LOSSES.length)],
                5 + random.nextInt(60),
                random.nextBoolean(),
                rate(random),
                rate(random),
                rate(random),
                rate(random),
                rate(random),
                rate(random),
                rate(random),
                rate(random),
                paceMicros / 20 + random.nextLong(paceMicros),
                1_000 + random.nextLong(paceMicros / 2),
                50 + random.nextLong(paceMicros / 200));
    }

    /** The same application without failures: what it forgets in a crash stays as it was. */
    public AppFaults calmed() {
        return new AppFaults(
                asBuilt, keepEvery, wholeRestore, 0, 0, 0, 0, 0, 0, 0, 0, lateMicros, downMicros, callMicros);
    }

    private static double rate(RandomGenerator random) {
        return random.nextBoolean() ? 0 : 0.06 * Math.exp(-6 * random.nextDouble());
    }
}
