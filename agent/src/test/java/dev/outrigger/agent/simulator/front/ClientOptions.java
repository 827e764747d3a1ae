package dev.outrigger.agent.simulator.front;

import java.util.random.RandomGenerator;

/**
 * What one client is like. Shares are from 0 to 1.
 *
 * @param sessions whether it works in sessions, and so may ask again
 * @param registers how many registers it touches, from 1
 * @param lists how many lists it touches, from 1
 * @param thinkMicros mean time between two operations
 * @param sessionMillis time to live of its sessions; each client's is another
 * @param leapShare of commands before which it leaves numbers of its session out
 * @param idleShare of thinking times that are {@code idleMicros} long
 * @param idleMicros about as long as a session lives
 * @param closeShare of operations after which it closes its session
 * @param waitMicros after this time without an answer it gives up waiting
 * @param calmWaitMicros the same when nothing goes wrong any more
 * @param attemptsMax how often it asks for one operation
 * @param travelMicros longest time of a request or an answer on its way
 * @param lostShare of requests, and of answers, that get lost
 * @param paddingBytesMax commands are longer by up to this
 * @param operationsMax it rests when it has asked for so many
 */
record ClientOptions(
        boolean sessions,
        int registers,
        int lists,
        long thinkMicros,
        long sessionMillis,
        double leapShare,
        double idleShare,
        long idleMicros,
        double closeShare,
        long waitMicros,
        long calmWaitMicros,
        int attemptsMax,
        long travelMicros,
        double lostShare,
        int paddingBytesMax,
        int operationsMax) {

    static ClientOptions draw(
            RandomGenerator random, long thinkMicros, long sessionMillis, int operationsMax, long paceMicros) {
        return new ClientOptions(
                random.nextInt(10) < 7,
                1 + random.nextInt(4),
                1 + random.nextInt(3),
                thinkMicros,
                1 + sessionMillis / 2 + random.nextLong(sessionMillis),
                random.nextBoolean() ? 0 : 0.2 * random.nextDouble(),
                sessionMillis > 12 * paceMicros / 1000 || random.nextBoolean() ? 0 : 0.03 * random.nextDouble(),
                (long) (1_000.0 * sessionMillis * (0.8 + random.nextDouble())),
                random.nextBoolean() ? 0 : 0.02,
                paceMicros / 2 + random.nextLong(3 * paceMicros),
                2 * paceMicros,
                2 + random.nextInt(12),
                50 + random.nextLong(2_000),
                random.nextBoolean() ? 0 : 0.02 * random.nextDouble(),
                random.nextInt(3) == 0 ? random.nextInt(300) : 0,
                operationsMax);
    }
}
