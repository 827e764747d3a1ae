package dev.outrigger.agent.core.message;

/** Whether a member is in a state to lead, apart from its log: how its application is. From worst to best. */
public enum Fitness {
    /** Its application is away or stuck, or not to be trusted: others should lead, if they can. */
    AILING,
    /** Nothing is known, or it has not been well for long enough. It gives no lead away and is given none. */
    UNKNOWN,
    /** Its application has been well for a while. */
    FIT
}
