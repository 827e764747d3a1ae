package dev.outrigger.agent.peer;

/** What becomes of a connection after the peers have greeted each other. */
public sealed interface Admission {
    /** Both are members of one cluster: messages flow. */
    record Admitted() implements Admission {}

    /** The cluster is not formed on one side: the connection stays, greetings only. */
    record Meeting() implements Admission {}

    /**
     * Closed, counted and shown.
     *
     * @param code stable, upper case: {@code WRONG_CLUSTER}, {@code UNKNOWN_MEMBER}, {@code REMOVED}, {@code
     *     VOLUME_EMPTY}, {@code MEMBERS_DIFFER}; at most 64 characters
     * @param reason one sentence that names both sides
     */
    record Refused(String code, String reason) implements Admission {}
}
