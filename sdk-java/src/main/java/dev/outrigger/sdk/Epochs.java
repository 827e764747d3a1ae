package dev.outrigger.sdk;

/** Tells a live agent from a late call of its predecessor. Safe for many threads. */
final class Epochs {
    private long newest;

    /** False when a newer agent has called before. */
    synchronized boolean admits(long epoch) {
        if (epoch < newest) {
            return false;
        }
        newest = epoch;
        return true;
    }
}
