package dev.outrigger.agent.core;

/** The roles of a member (Paper §5.1, and Diss. §9.6 for the pre-candidate). */
public enum RoleName {
    FOLLOWER,
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER
}
