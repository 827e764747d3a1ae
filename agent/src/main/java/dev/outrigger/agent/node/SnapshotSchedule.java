package dev.outrigger.agent.node;

/**
 * When a member takes a snapshot by itself: when the log behind the last one has grown to a multiple of its size, so that
 * writing snapshots costs a fixed share of writing the log. The first one comes earlier on some members than on others, and
 * since all logs grow alike they stay apart.
 */
final class SnapshotSchedule {
    /** Bytes of log for each byte of snapshot. */
    private static final int LOG_TO_SNAPSHOT = 2;

    private final long logBytesMin;
    private final int members;
    private final int rank;

    /**
     * @param logBytesMin never more often than after so many bytes of log
     * @param members how many there are
     * @param rank which of them this one is, by name, from 0
     */
    SnapshotSchedule(long logBytesMin, int members, int rank) {
        this.logBytesMin = logBytesMin;
        this.members = Math.max(1, members);
        this.rank = rank;
    }

    /**
     * Bytes of log behind the last snapshot at which the next is due.
     *
     * @param snapshotBytes size of the last one, 0 when there is none
     */
    long dueAtBytes(long snapshotBytes) {
        long interval = Math.max(logBytesMin, LOG_TO_SNAPSHOT * snapshotBytes);
        return snapshotBytes == 0 ? interval + interval * rank / members : interval;
    }
}
