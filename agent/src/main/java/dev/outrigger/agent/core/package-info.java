/**
 * The consensus core: Raft as a pure, deterministic step machine. No clock, thread, socket, file, logger or random
 * source inside; time comes as ticks, randomness as a generator, and all effects leave as {@code Ready}. The same classes
 * run in production and under test. Start with {@link dev.outrigger.agent.core.RaftCore}.
 */
@NullMarked
package dev.outrigger.agent.core;

import org.jspecify.annotations.NullMarked;
