package dev.outrigger.agent.simulator.front;

/**
 * What a client is told by an agent.
 *
 * @param kind what became of the request
 * @param index done: where the command stands, or where the application at least was when it was asked
 * @param result of the application; empty when there is none
 */
record Reply(Kind kind, long index, byte[] result) {
    private static final byte[] NO_RESULT = {};

    /** What became of a request. */
    enum Kind {
        OK,
        /** Certainly not executed. */
        NONE,
        /** Certainly not executed: too much waits here. */
        OVERLOADED,
        /** It may yet be executed, or has been. */
        UNKNOWN,
        /** Executed, but what came of it is not known here. */
        RESULT_LOST,
        /** The session is gone. */
        EXPIRED,
        /** Another command had this number. */
        CONFLICT,
        /** The number is so low that nobody can tell what became of it. */
        FORGOTTEN
    }

    static Reply of(Kind kind) {
        return new Reply(kind, 0, NO_RESULT);
    }

    static Reply ok(long index, byte[] result) {
        return new Reply(Kind.OK, index, result);
    }

    /** Takes the reply; called once, unless the agent ends before. */
    @FunctionalInterface
    interface Taker {
        void take(Reply reply);
    }
}
