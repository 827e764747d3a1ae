/**
 * A disk for the simulator: what a process sees of it, what is on the platter, and everything that goes wrong between the
 * two. Knows nothing of what is stored. Start with {@link dev.outrigger.agent.simulator.disk.VirtualDisk}.
 */
@NullMarked
package dev.outrigger.agent.simulator.disk;

import org.jspecify.annotations.NullMarked;
