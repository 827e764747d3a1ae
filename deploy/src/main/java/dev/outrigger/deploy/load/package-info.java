/** The load tool: a cluster on loopback, a closed loop of clients, and what it costs. Start with {@link dev.outrigger.deploy.load.Load}. */
@NullMarked
package dev.outrigger.deploy.load;

import org.jspecify.annotations.NullMarked;
