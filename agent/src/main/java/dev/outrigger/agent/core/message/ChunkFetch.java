package dev.outrigger.agent.core.message;

/**
 * Asks the driver for a piece of a snapshot, for a follower that needs entries from before this log. Answered with
 * {@code RaftCore.chunkFetched}, or {@code RaftCore.chunkMissing} when that snapshot is gone or unreadable.
 *
 * @param follower who needs it
 * @param snapshot of which snapshot
 * @param offset from which byte on
 * @param bytesMax at most this many; fewer only at the end
 */
public record ChunkFetch(MemberId follower, Snapshot snapshot, long offset, int bytesMax) {}
