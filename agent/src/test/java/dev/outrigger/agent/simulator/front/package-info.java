/**
 * What stands above the core in a simulated cluster: the application processes, the agents' links to them, the agents'
 * fronts that take clients' requests, and the clients themselves. Everything runs on one virtual timeline and draws from
 * seeded generators. Knows nothing of networks and disks but what a {@link dev.outrigger.agent.simulator.Host} shows.
 * Start with {@link dev.outrigger.agent.simulator.front.AppsAndClients}.
 */
@NullMarked
package dev.outrigger.agent.simulator.front;

import org.jspecify.annotations.NullMarked;
