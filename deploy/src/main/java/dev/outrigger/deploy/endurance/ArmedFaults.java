package dev.outrigger.deploy.endurance;

import java.util.EnumMap;
import java.util.Map;

/** What a proxy is to do at the next occasion; counts what was done. Safe for many threads. */
final class ArmedFaults {
    private final FaultCounts counts;
    private final Map<Fault, Integer> armed = new EnumMap<>(Fault.class);

    ArmedFaults(FaultCounts counts) {
        this.counts = counts;
    }

    synchronized void arm(Fault fault) {
        armed.merge(fault, 1, Integer::sum);
    }

    /** Whether this one is to happen now, on the caller's word that it will. */
    synchronized boolean take(Fault fault) {
        Integer left = armed.remove(fault);
        if (left == null) {
            return false;
        }
        if (left > 1) {
            armed.put(fault, left - 1);
        }
        counts.add(fault);
        return true;
    }

    synchronized int waiting() {
        return armed.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized void clear() {
        armed.clear();
    }
}
