package dev.outrigger.agent.simulator;

/** What a seed may do and what is demanded of it. */
enum SeedKind {
    /** A majority of disks always keeps what was acknowledged: the cluster has to live on. */
    SAFE,
    /** Anything may be lost: a member may stop, but not lie. */
    WILD,
    /** As safe, for longer and with faults further apart. */
    LONG
}
