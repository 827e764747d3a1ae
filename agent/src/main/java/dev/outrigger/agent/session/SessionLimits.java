package dev.outrigger.agent.session;

/**
 * Limits of a {@link SessionTable}. They decide which sessions end when, so all members must have the same; they are
 * fixed when a table is made and go with its snapshots.
 *
 * @param timeToLiveMillis agreed time without use after which a session ends, from 1
 * @param sessionsMax sessions open at one time, from 1; opening one more ends the one that was used longest ago
 * @param rememberedMax commands of one session whose index and body hash are remembered, from 1; of older ones only the
 *     fact that they were applied is known
 */
public record SessionLimits(long timeToLiveMillis, int sessionsMax, int rememberedMax) {
    /** Bound on the encoded table, and roughly half of what it may take in memory. */
    private static final long BYTES_MAX = 1 << 30;

    public SessionLimits {
        if (timeToLiveMillis < 1 || sessionsMax < 1 || rememberedMax < 1) {
            throw new IllegalArgumentException("limits below 1: " + timeToLiveMillis + " ms, " + sessionsMax
                    + " sessions, " + rememberedMax + " commands");
        }
        long sessionBytes = SessionCodec.SESSION_BYTES + (long) SessionCodec.COMMAND_BYTES * rememberedMax;
        if (sessionsMax > (BYTES_MAX - SessionCodec.HEADER_BYTES) / sessionBytes) {
            throw new IllegalArgumentException(
                    sessionsMax + " sessions of " + sessionBytes + " bytes do not fit into " + BYTES_MAX + " bytes");
        }
    }
}
