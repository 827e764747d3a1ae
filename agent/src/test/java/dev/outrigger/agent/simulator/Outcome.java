package dev.outrigger.agent.simulator;

import org.jspecify.annotations.Nullable;

/**
 * How one seed ended.
 *
 * @param seed the seed
 * @param failure what went wrong; null when nothing did
 * @param events number of events
 * @param simulatedMicros virtual time that passed
 * @param hash sums up everything that happened
 * @param coverage what was exercised
 */
record Outcome(long seed, @Nullable String failure, long events, long simulatedMicros, long hash, Coverage coverage) {}
