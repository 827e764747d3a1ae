package dev.outrigger.agent.core.message;

/**
 * Names one snapshot and says what the core must know of it (Paper §7). Its bytes are the storage's matter. Two snapshots
 * are the same only when all of this is the same: members may have taken different ones at one index.
 *
 * @param index last index included
 * @param term term of the entry there
 * @param timeMillis agreed time of that entry
 * @param configuration the configuration in force there, committed like everything in a snapshot
 * @param bytes size, at least 0
 * @param checksum over all its bytes
 */
public record Snapshot(
        long index, long term, long timeMillis, Configuration configuration, long bytes, long checksum) {}
