package dev.outrigger.sdk;

import java.util.concurrent.atomic.AtomicLong;

/** How far the application beside the agent has certainly come, by the answers so far. Safe for many threads. */
final class Progress {
    private final AtomicLong applied = new AtomicLong();

    void reached(long index) {
        if (index > applied.get()) {
            applied.accumulateAndGet(index, Math::max);
        }
    }

    boolean has(long index) {
        return index <= applied.get();
    }
}
