package dev.outrigger.agent.storage.chronicle;

import net.openhft.chronicle.core.time.TimeProvider;

/** Makes the queue roll when we want it to: it begins a file for each day, and we decide what day it is. */
final class SegmentClock implements TimeProvider {
    private static final long DAY_MILLIS = 86_400_000L;

    private volatile int cycle;

    /** Begins in the segment {@code cycle}. */
    SegmentClock(int cycle) {
        this.cycle = cycle;
    }

    /** @param next above the present one, or equal to it */
    void advanceTo(int next) {
        cycle = next;
    }

    @Override
    public long currentTimeMillis() {
        return cycle * DAY_MILLIS + 1;
    }
}
