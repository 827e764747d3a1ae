package dev.outrigger.agent.simulator.front;

import java.util.List;

/** What a call to the application ends in, if it is answered at all. */
sealed interface AppAnswer {
    /** The connection broke, or an error, or something unreadable came. */
    record Broken() implements AppAnswer {}

    AppAnswer BROKEN = new Broken();

    /**
     * @param cluster whose state it has, 0 for nobody's
     * @param index last command applied, 0 for none
     * @param term of the entry there
     */
    record Position(int cluster, long index, long term) implements AppAnswer {}

    /** @param index where it is instead; or the batch came from an agent that is gone */
    record Refused(long index) implements AppAnswer {}

    /**
     * @param index last command applied
     * @param results of the commands that this call applied
     */
    record Applied(long index, List<byte[]> results) implements AppAnswer {}

    /**
     * @param bytes of the result
     * @param index where the application was; not in the protocol, for the observer only
     */
    record Queried(byte[] bytes, long index) implements AppAnswer {}

    /**
     * @param bytes of the state
     * @param index last command in it
     * @param term of the entry there
     */
    record State(byte[] bytes, long index, long term) implements AppAnswer {}

    record Restored() implements AppAnswer {}

    /** Takes the answer; never called when none comes. */
    @FunctionalInterface
    interface Taker {
        void take(AppAnswer answer);
    }

    /** Whoever is at the other end of the connection. */
    interface Listener {
        /** The process went away; comes before any answer of the next one. */
        void connectionLost();
    }
}
