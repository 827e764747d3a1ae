package dev.outrigger.deploy.endurance;

/** Every way in which {@link Apps} hurts its cluster. */
enum Fault {
    /** kill -9 of an application that keeps its state, and a restart. */
    APP_KILLED_DURABLE,
    /** kill -9 of one that keeps nothing, and a restart: it is empty. */
    APP_KILLED_EMPTY,
    /** kill -9, and the end of its file is lost, up to the middle of a line: what a power cut leaves. */
    APP_TORN,
    /** An application that keeps its state is replaced on its port by one that has none. */
    APP_REPLACED_BY_EMPTY,
    /** A second application is started on a port that is taken. */
    APP_SECOND_ON_PORT,
    /** The application stands still for longer than a call may take, then goes on with what it was asked before. */
    APP_HUNG,

    /** kill -9 of an agent, and a restart. */
    AGENT_KILLED,
    /** kill -9 of an agent and its application at once, and a restart of both. */
    INSTANCE_KILLED,
    /** Leadership is handed over on request. */
    LEADERSHIP_TRANSFERRED,
    /** A snapshot is taken on request. */
    SNAPSHOT_TAKEN,

    /** Answers of the application come late for a while. */
    SLOW,
    /** One answer is held back for longer than a call may take. */
    STALLED,
    /** The connection is reset before the application has seen the request. */
    RESET_BEFORE,
    /** The connection is reset after the application has handled the request. */
    RESET_AFTER,
    /** The connection ends within the answer. */
    HALF_AN_ANSWER,
    /** Something else comes instead of the answer. */
    GARBAGE,

    /** A delivery is answered as if another index had been reached. */
    WRONG_INDEX,
    /** A delivery is answered with HTTP 500, and the application has not seen it. */
    ERROR_BEFORE,
    /** A delivery is answered with HTTP 500, and the application has handled it. */
    ERROR_AFTER,
    /** A delivery reaches the application twice. */
    DELIVERED_TWICE,

    /** A client gives up on an answer early. */
    CLIENT_GAVE_UP,
    /** A client sends what was not answered again, through another agent. */
    CLIENT_RETRIED_ELSEWHERE,
    /** A client sends the same through two agents at the same time. */
    CLIENT_SENT_TO_TWO,
    /** A client sends again, blindly, what was answered before. */
    CLIENT_DUPLICATED,
    /** A client uses a number again for something else, which must be refused. */
    CLIENT_CONFLICTED
}
