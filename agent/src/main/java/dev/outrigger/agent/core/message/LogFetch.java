package dev.outrigger.agent.core.message;

/**
 * Asks the driver for entries that are no longer in memory, for a follower that is far behind. The driver reads them off
 * the event loop and hands them back with {@code RaftCore.fetched}.
 *
 * @param follower who needs them
 * @param firstIndex first index wanted
 * @param bytesMax stop before the sum of {@link Entry#sizeBytes()} passes this, but give at least one entry
 */
public record LogFetch(MemberId follower, long firstIndex, int bytesMax) {}
