package dev.outrigger.agent.simulator;

/**
 * One life and what made it what it was.
 *
 * @param outcome how it ended
 * @param script what was injected
 * @param swarm what the seed has drawn
 * @param operations how many the clients were to ask for at most
 */
record Recording(Outcome outcome, Script script, Swarm swarm, int operations) {}
