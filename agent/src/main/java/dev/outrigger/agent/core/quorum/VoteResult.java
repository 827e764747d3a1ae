package dev.outrigger.agent.core.quorum;

/** Where a vote stands. */
public enum VoteResult {
    /** A majority said yes. */
    WON,
    /** So many said no that a majority can no longer say yes. */
    LOST,
    /** Still open. */
    PENDING
}
