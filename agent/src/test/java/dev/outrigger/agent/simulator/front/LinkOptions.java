package dev.outrigger.agent.simulator.front;

import dev.outrigger.agent.session.SessionLimits;
import java.util.random.RandomGenerator;

/**
 * How one agent treats its application.
 *
 * @param cluster number of the cluster, from 1
 * @param sessions the same on all members
 * @param resultBytesMax room for results of commands of sessions, in bytes
 * @param batchCommandsMax commands at once
 * @param readBytesMax bytes of entries read at once
 * @param callMicros how long an answer is waited for
 * @param restMicrosMax longest pause after a failure; the first is a sixteenth of it
 * @param snapshotEntries a snapshot is taken after so many entries; 0 for never by itself
 * @param snapshotAside whether later commands go on while a snapshot is fetched
 */
public record LinkOptions(
        int cluster,
        SessionLimits sessions,
        long resultBytesMax,
        int batchCommandsMax,
        int readBytesMax,
        long callMicros,
        long restMicrosMax,
        long snapshotEntries,
        boolean snapshotAside) {

    /**
     * @param sessions the same for all members of a cluster
     * @param paceMicros about as long as an election takes
     */
    public static LinkOptions draw(
            RandomGenerator random, SessionLimits sessions, int snapshotEntries, long paceMicros) {
        return new LinkOptions(
                1,
                sessions,
                random.nextInt(4) == 0 ? 2_000 : 1 << 20,
                1 << random.nextInt(8),
                64 << random.nextInt(8),
                paceMicros / 20 + random.nextLong(paceMicros / 3),
                paceMicros / 50 + random.nextLong(paceMicros / 5),
                snapshotEntries,
                random.nextBoolean());
    }
}
