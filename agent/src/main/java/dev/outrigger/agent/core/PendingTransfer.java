package dev.outrigger.agent.core;

import dev.outrigger.agent.core.message.MemberId;

/**
 * A leader is handing over (Diss. §3.10). It takes no proposals meanwhile; when it still leads after an election timeout,
 * that is over.
 */
final class PendingTransfer {
    private final MemberId target;
    private int ticksLeft;
    private boolean asked;

    PendingTransfer(MemberId target, int ticks) {
        this.target = target;
        this.ticksLeft = ticks;
    }

    MemberId target() {
        return target;
    }

    /** False when the time is up. */
    boolean tick() {
        return --ticksLeft > 0;
    }

    /** Whether the target is still to be asked to campaign, now or, since that may be lost, once more. */
    boolean mustAsk() {
        return !asked;
    }

    void asked() {
        asked = true;
    }

    void heartbeat() {
        asked = false;
    }
}
