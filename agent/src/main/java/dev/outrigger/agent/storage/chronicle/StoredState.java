package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.core.message.HardState;

/**
 * What the hard state file remembers.
 *
 * @param hardState term and vote
 * @param bootEpoch how often this disk was started on, 0 right after formatting
 * @param durableSequence the durable floor: a log that ends before this record has lost something
 */
record StoredState(HardState hardState, long bootEpoch, long durableSequence) {
    static final StoredState INITIAL = new StoredState(HardState.INITIAL, 0, 0);

    StoredState with(HardState newHardState) {
        return new StoredState(newHardState, bootEpoch, durableSequence);
    }

    StoredState withDurableSequence(long newDurableSequence) {
        return new StoredState(hardState, bootEpoch, newDurableSequence);
    }

    StoredState nextBoot() {
        return new StoredState(hardState, bootEpoch + 1, durableSequence);
    }
}
