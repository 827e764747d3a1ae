package dev.outrigger.agent.simulator;

/** What can go wrong, or be done to a cluster on purpose. Each is switched off in about half of all seeds. */
public enum FaultKind {
    // Network, for each direction by itself.
    DELAY_SPIKE(Group.NETWORK),
    LOSS(Group.NETWORK),
    DUPLICATE(Group.NETWORK),
    REORDER(Group.NETWORK),
    DROP_NOTICE(Group.NETWORK),
    ONE_WAY_CUT(Group.NETWORK),
    ISOLATE(Group.NETWORK),
    SPLIT(Group.NETWORK),
    CHAIN(Group.NETWORK),
    BRIDGE(Group.NETWORK),
    CLOG(Group.NETWORK),
    RESET(Group.NETWORK),
    // Clocks.
    CLOCK_DRIFT(Group.CLOCK),
    CLOCK_JUMP(Group.CLOCK),
    PAUSE(Group.CLOCK),
    // Disks.
    SLOW_DISK(Group.DISK),
    STALL(Group.DISK),
    POWER_CUT(Group.DISK),
    POWER_CUT_ALL(Group.DISK),
    TORN_PAGE(Group.DISK),
    CRASH_IN_WRITE(Group.DISK),
    FAILED_FORCE(Group.DISK),
    DISK_FULL(Group.DISK),
    ROT(Group.DISK),
    WIPE(Group.DISK),
    // Processes.
    KILL(Group.PROCESS),
    KILL_ALL(Group.PROCESS),
    ROLLING_RESTART(Group.PROCESS),
    // Applications.
    APP_CRASH_KEEP(Group.APP),
    APP_CRASH_LOSE(Group.APP),
    APP_HANG(Group.APP),
    APP_LATE(Group.APP),
    APP_DOUBLE(Group.APP),
    APP_OLD_INDEX(Group.APP),
    // Operators.
    ADD_LEARNER(Group.OPERATOR),
    ADD_VOTER(Group.OPERATOR),
    REMOVE(Group.OPERATOR),
    REMOVE_LEADER(Group.OPERATOR),
    REMOVE_DEAD(Group.OPERATOR),
    REPLACE_WIPED(Group.OPERATOR),
    SEVERAL_CHANGES(Group.OPERATOR),
    TRANSFER_TO(Group.OPERATOR),
    TRANSFER_ANY(Group.OPERATOR),
    TRANSFER_DEAD(Group.OPERATOR),
    TRANSFER_SELF(Group.OPERATOR),
    SNAPSHOT_NOW(Group.OPERATOR),
    PRIORITY(Group.OPERATOR);

    private final Group group;

    FaultKind(Group group) {
        this.group = group;
    }

    Group group() {
        return group;
    }

    /** True for what is drawn for each message or once for each seed, instead of happening at a time of its own. */
    boolean isLasting() {
        return switch (this) {
            case DELAY_SPIKE, LOSS, DUPLICATE, REORDER, DROP_NOTICE, CLOCK_DRIFT, TORN_PAGE -> true;
            default -> false;
        };
    }

    /** Whose fault. */
    enum Group {
        NETWORK,
        CLOCK,
        DISK,
        PROCESS,
        APP,
        OPERATOR
    }
}
