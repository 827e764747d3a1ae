package dev.outrigger.agent.session;

/**
 * Limits of a {@link SessionTable}. They decide which sessions end when, so all members must have the same; they are
 * fixed when a table is made and go with its snapshots.
 *
 * @param sessionsMax sessions open at one time, from 1; opening one more ends the one that was used longest ago
 * @param rememberedMax width of a session's window, from 1: of so many numbers, up to the highest one applied, it is known
 *     whether they were applied, and with which body; lower ones are refused
 */
public record SessionLimits(int sessionsMax, int rememberedMax) {
    /** What every agent has. Full to the brim, the table takes some 65 MiB in memory, and in a snapshot some 80 MiB. */
    public static final SessionLimits DEFAULT = new SessionLimits(4096, 1024);

    /** Shortest time to live that a session may be opened with. */
    public static final long TIME_TO_LIVE_MIN_MILLIS = 1000;

    /** Longest time to live that a session may be opened with: seven days. */
    public static final long TIME_TO_LIVE_MAX_MILLIS = 7L * 24 * 3600 * 1000;

    /** Bound on the encoded table, and roughly what it may take in memory. */
    private static final long BYTES_MAX = 1 << 30;

    public SessionLimits {
        if (sessionsMax < 1 || rememberedMax < 1) {
            throw new IllegalArgumentException(
                    "limits below 1: " + sessionsMax + " sessions, " + rememberedMax + " commands");
        }
        long sessionBytes = SessionCodec.SESSION_BYTES + (long) SessionCodec.COMMAND_BYTES * rememberedMax;
        if (sessionsMax > (BYTES_MAX - SessionCodec.HEADER_BYTES) / sessionBytes) {
            throw new IllegalArgumentException(
                    sessionsMax + " sessions of " + sessionBytes + " bytes do not fit into " + BYTES_MAX + " bytes");
        }
    }
}
