package dev.outrigger.deploy.endurance;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** How often each fault has happened, not merely been ordered. Safe for many threads. */
final class FaultCounts {
    private final AtomicLongArray counts = new AtomicLongArray(Fault.values().length);

    void add(Fault fault) {
        counts.incrementAndGet(fault.ordinal());
    }

    long of(Fault fault) {
        return counts.get(fault.ordinal());
    }

    List<Fault> missing() {
        return Arrays.stream(Fault.values()).filter(fault -> of(fault) == 0).toList();
    }
}
