package dev.outrigger.sdk.testkit;

import java.time.Duration;

/**
 * How thoroughly to look.
 *
 * @param rounds of each scenario that has chance in it
 * @param later how much later the replica runs that is to find out clocks
 * @param otherJvm whether another JVM may be started
 */
record Plan(long seed, int rounds, Duration later, boolean otherJvm) {}
