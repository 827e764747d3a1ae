package dev.outrigger.agent.simulator.front;

/** What should have happened sometimes, or a run without failures says little. */
public enum Happening {
    /** An application got a snapshot. */
    RESTORED,
    /** A session table was built anew from a snapshot. */
    TABLE_FROM_SNAPSHOT,
    /** A session table followed the log to where the application already was. */
    TABLE_FOLLOWED,
    /** An application was behind what it had confirmed. */
    APP_FELL_BACK,
    /** Commands turned out to be applied, though the answer was lost. */
    ANSWER_LOST,
    /** An application was ahead of what is known as committed. */
    COMMIT_AWAITED,
    /** An application refused commands of an agent that was gone. */
    OLD_AGENT_REFUSED,
    /** An application refused commands that did not follow its own. */
    GAP_REFUSED,
    /** An application refused a snapshot older than itself. */
    OLD_SNAPSHOT_REFUSED,
    SNAPSHOT_TAKEN,
    /** The application had moved on before it gave its state. */
    SNAPSHOT_THROWN_AWAY,
    DUPLICATE_ANSWERED,
    DUPLICATE_WITHOUT_RESULT,
    SESSION_EXPIRED,
    /** Another entry was where a client's command should have been. */
    PLACE_LOST,
    /** A read index was there before the application was. */
    READ_WAITED,
    /** The application may have restarted while it answered a query. */
    QUERY_IN_DOUBT,
    CLIENT_OVERLOADED
}
