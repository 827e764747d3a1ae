package dev.outrigger.agent.core;

/**
 * What a core holds on to, all of it bounded by its {@link CoreOptions}.
 *
 * @param tailBytes bytes of entries in memory
 * @param unsettledBytes of these, those not yet both durable here and known to be committed
 * @param inflightAppendsMax appends on their way to one follower, of all followers the most; 0 unless this member leads
 * @param inflightBytesMax bytes of entries on their way to one follower, likewise
 * @param pendingReads reads that wait to be confirmed, likewise
 */
public record CoreMemory(
        long tailBytes, long unsettledBytes, int inflightAppendsMax, long inflightBytesMax, int pendingReads) {}
