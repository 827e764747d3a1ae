package dev.outrigger.deploy.endurance;

import java.util.ArrayList;
import java.util.List;

/** What must not have happened: how often, and the first of it in words. Safe for many threads. */
final class Violations {
    private static final int KEPT_MAX = 20;

    private final List<String> kept = new ArrayList<>();
    private long count;

    synchronized void add(String what) {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(what);
            Progress.say("VIOLATION: " + what);
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized List<String> first() {
        return List.copyOf(kept);
    }
}
