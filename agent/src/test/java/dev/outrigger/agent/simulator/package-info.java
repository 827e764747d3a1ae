/**
 * A whole cluster in one thread, with everything that can go wrong, from one number: the seed. The core is the production
 * core, the bytes on the virtual disks are the production format, read back by the production recovery. Start with {@code
 * Simulation}.
 */
@NullMarked
package dev.outrigger.agent.simulator;

import org.jspecify.annotations.NullMarked;
