/**
 * Bugs put in on purpose, to see whether the simulator finds them. A {@link dev.outrigger.agent.simulator.mutant.Mutant}
 * is a text that edits sources; {@link dev.outrigger.agent.simulator.mutant.MutantLoader} compiles them in memory and
 * links everything of the agent, simulator and all, against the result. So the code that ships has no switch for any of
 * this. One thing cannot be mutated this way: a constant that the compiler has copied into other classes.
 */
@NullMarked
package dev.outrigger.agent.simulator.mutant;

import org.jspecify.annotations.NullMarked;
