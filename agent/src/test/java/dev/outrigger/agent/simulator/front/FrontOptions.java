package dev.outrigger.agent.simulator.front;

import java.util.random.RandomGenerator;

/**
 * How one agent treats its clients.
 *
 * @param pendingMax commands that may wait at once; more are refused
 * @param readsMax reads that may wait at once; more are refused
 * @param proposalCommandsMax commands in one proposal
 * @param gatherMicros commands gather for so long before they are proposed
 * @param holdMicros pause after nobody could take a proposal
 * @param waitMicros longest time until a client is answered
 * @param trustsLostPlace whether a command whose place went to another entry counts as certainly not executed and is
 *     proposed again, as in production; else as unknown
 */
public record FrontOptions(
        int pendingMax,
        int readsMax,
        int proposalCommandsMax,
        long gatherMicros,
        long holdMicros,
        long waitMicros,
        boolean trustsLostPlace) {

    /** @param paceMicros about as long as an election takes */
    public static FrontOptions draw(RandomGenerator random, long paceMicros) {
        return new FrontOptions(
                1 + random.nextInt(16),
                1 + random.nextInt(16),
                1 + random.nextInt(8),
                random.nextBoolean() ? 0 : random.nextLong(3_000),
                paceMicros / 100 + random.nextLong(paceMicros / 10),
                paceMicros / 2 + random.nextLong(3 * paceMicros),
                random.nextBoolean());
    }
}
