package dev.outrigger.sdk.testkit;

/** Why two replicas came to differ, as far as it can be told from outside. */
public enum Reason {
    CLOCK("the machine's clock was read; use context.time(), the only clock that all replicas share"),
    RANDOM("a random source was used; let the caller put what is random into the command"),
    HASH_ORDER(
            "the order of a hash set, hash map or identity hash came out, which each replica has its own of; sort, or"
                    + " use a tree or a list"),
    ENVIRONMENT("the default time zone or locale of the JVM was used; name one"),
    SHARED_STATE("a static field or another object that replicas in one JVM share was changed; keep all state in the"
            + " state machine"),
    REPLAYING(
            "the state or the result depends on context.replaying(), which is true on one replica and false on another"),
    DELIVERY("the state or the result depends on how commands were put together into deliveries"),
    NOT_IN_SNAPSHOT("a part of the state is missing from the snapshot, or restore does not bring it back"),
    SNAPSHOT_FAILS("the state could not be written down and restored"),
    POSITION_BEHIND("the state was stored without its position: after a crash the command is delivered again and takes"
            + " effect twice; store both in one transaction"),
    POSITION_AHEAD("the position was stored without its state: after a crash the command is not delivered again and is"
            + " lost; store both in one transaction"),
    RESTART("the state after a restart is not the one that was stored"),
    EXCEPTION("apply threw an exception: delivery stands at this command on every replica, until it is skipped; answer"
            + " what makes no sense with Result.refused"),
    UNKNOWN("two replicas were given the same and differ");

    private final String advice;

    Reason(String advice) {
        this.advice = advice;
    }

    /** What happened and what to do about it, one sentence. */
    public String advice() {
        return advice;
    }
}
