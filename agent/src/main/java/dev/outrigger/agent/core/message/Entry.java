package dev.outrigger.agent.core.message;

/**
 * One entry of the replicated log (Paper Fig. 2).
 *
 * @param index position in the log, from 1
 * @param term term of the leader that created it, from 1
 * @param kind what it is for; of all kinds only {@link Kind#COMMAND} is shown to the application as it is
 * @param timeMillis agreed time: milliseconds since 1970 as stamped by the leader, never less than that of any earlier
 *     entry
 * @param data what its kind says, encoded; empty for a no-op
 */
public record Entry(long index, long term, Kind kind, long timeMillis, Payload data) {
    /** What one entry costs in memory and on the wire beyond its data, in bytes; used by every limit that counts bytes. */
    public static final int OVERHEAD_BYTES = 48;

    /** The tag is what is stored and sent; it never changes its meaning. */
    public enum Kind {
        /** First entry of a leader's term: makes the entries before it committable (Diss. §6.4, Paper §8). */
        NOOP(1),
        /** A client's command for the application. */
        COMMAND(2),
        /** A {@link Configuration}: in force from the moment it is in the log, committed or not (Paper §6). */
        CONFIGURATION(3),
        /** Part of a backup that is put into a cluster without state, or the end of it; the core only carries it. */
        RESTORE(4),
        /** Opens or closes a client session (Diss. §6.3); the core only carries it, like what follows. */
        SESSION(5),
        /** A client's command for the application, with its session and its number there. */
        SESSION_COMMAND(6),
        /** The decision to pass over a command that the application cannot apply. */
        SKIP(7);

        private final int tag;

        Kind(int tag) {
            this.tag = tag;
        }

        public int tag() {
            return tag;
        }

        /** Whether clients have it proposed; all else a leader makes by itself. */
        public boolean isProposed() {
            return this != NOOP && this != CONFIGURATION;
        }

        /** The kind with this tag. Throws {@link IllegalArgumentException} when there is none. */
        public static Kind ofTag(int tag) {
            for (Kind kind : values()) {
                if (kind.tag == tag) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("unknown entry kind " + tag);
        }
    }

    /** What this entry counts for in limits, in bytes. */
    public int sizeBytes() {
        return OVERHEAD_BYTES + data.length();
    }
}
