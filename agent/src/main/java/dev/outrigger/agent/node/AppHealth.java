package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Fitness;
import java.time.Duration;

/**
 * Whether the application beside this agent is well enough for this member to lead: ailing when it has not been well for
 * longer than a moment, fit when it has been well for a while, and nothing of the kind in between, so that an application
 * that comes and goes does not drag the lead along. Monotonic time; on the event loop.
 */
final class AppHealth {
    private final long patienceNanos;
    private final long steadyNanos;
    private boolean well;
    private long wellSinceNanos;
    private boolean troubled = true;
    private long troubledSinceNanos;

    /** @param patience how long an application may be away or stuck before another member should lead; half of it is a while */
    AppHealth(Duration patience, long nowNanos) {
        this.patienceNanos = patience.toNanos();
        this.steadyNanos = patienceNanos / 2;
        this.troubledSinceNanos = nowNanos;
    }

    /**
     * @param serving whether it is served
     * @param stuckNanos how long it has not got on though there was something to apply; 0 when it gets on
     */
    Fitness look(boolean serving, long stuckNanos, long nowNanos) {
        boolean wellNow = serving && stuckNanos < steadyNanos;
        if (wellNow && !well) {
            wellSinceNanos = nowNanos;
        }
        well = wellNow;
        boolean steady = well && nowNanos - wellSinceNanos >= steadyNanos;
        if (steady) {
            troubled = false;
        } else if (!well && !troubled) {
            troubled = true;
            troubledSinceNanos = nowNanos - (serving ? stuckNanos : 0);
        }
        if (steady) {
            return Fitness.FIT;
        }
        return troubled && nowNanos - troubledSinceNanos >= patienceNanos ? Fitness.AILING : Fitness.UNKNOWN;
    }
}
