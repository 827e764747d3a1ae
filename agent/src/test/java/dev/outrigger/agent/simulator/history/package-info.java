/**
 * What clients saw, and whether it was legal. A {@link dev.outrigger.agent.simulator.history.History} gathers operations
 * while a simulation runs; {@link dev.outrigger.agent.simulator.history.Linearizability} judges those on registers and
 * {@link dev.outrigger.agent.simulator.history.AppendOnce} those on lists. Knows nothing of the agent: these are rules for
 * any store.
 */
@NullMarked
package dev.outrigger.agent.simulator.history;

import org.jspecify.annotations.NullMarked;
