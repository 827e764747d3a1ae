package dev.outrigger.agent.app;

import java.util.List;

/**
 * The question that {@code apply} asks, whatever form it goes in.
 *
 * @param epoch the agent's boot number
 * @param prevIndex the last command delivered before, 0 for none
 * @param replay whether all of it was committed when the application was asked where it stands
 * @param commands by rising index, at least one
 */
record AppBatch(long epoch, long prevIndex, boolean replay, List<AppCommand> commands) {}
