package dev.outrigger.agent.session;

/** Mixing of 64-bit numbers, to tell unequal tables apart; not against someone who looks for collisions. */
final class Digests {
    private Digests() {}

    /** Finalizer of SplittableRandom over both; the order of the two matters. */
    static long mix(long one, long other) {
        long mixed = one * 0x9E3779B97F4A7C15L + other + 0x632BE59BD9B4E019L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
