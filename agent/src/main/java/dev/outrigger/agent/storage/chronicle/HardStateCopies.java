package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Term and vote, twice. A write puts them into one slot, forces, and then does the same with the other: a crash tears at
 * most the slot under way, and whatever was acknowledged is in both, so that a slot that rots later cannot bring an older
 * vote back. It begins with a slot that is bad or behind, else the only good copy would be the one under way. Two bad slots
 * mean that votes are forgotten: the member must not go on.
 */
final class HardStateCopies {
    private static final int SLOTS = 2;

    /** Both copies. */
    static final int BYTES = SLOTS * HardStateSlot.BYTES;

    private final int slotToBegin;
    private final int unreadable;
    private HardStateSlot latest;

    private HardStateCopies(HardStateSlot latest, int slotToBegin, int unreadable) {
        this.latest = latest;
        this.unreadable = unreadable;
        this.slotToBegin = slotToBegin;
    }

    /** Where the copies are kept. */
    interface Target {
        void write(ByteBuffer bytes, long offset) throws IOException;

        void force() throws IOException;
    }

    /** Both copies of {@link StoredState#INITIAL}. */
    static ByteBuffer initial() {
        ByteBuffer slot = new HardStateSlot(0, StoredState.INITIAL).encode();
        ByteBuffer both = ByteBuffer.allocate(BYTES);
        both.put(slot.duplicate()).put(slot);
        return both.flip();
    }

    /** @throws DamagedStorageException when neither copy is whole */
    static HardStateCopies read(StoredBytes bytes, Path file) throws IOException {
        Optional<HardStateSlot> first = slot(bytes, 0);
        Optional<HardStateSlot> second = slot(bytes, 1);
        if (first.isEmpty() && second.isEmpty()) {
            throw new DamagedStorageException(file
                    + " is damaged: neither of its two copies of term and vote can be read. " + StorageAdvice.REJOIN);
        }
        long firstWrite = first.map(HardStateSlot::write).orElse(-1L);
        long secondWrite = second.map(HardStateSlot::write).orElse(-1L);
        int unreadable = first.isEmpty() ? 1 : second.isEmpty() ? 2 : 0;
        return firstWrite > secondWrite
                ? new HardStateCopies(first.orElseThrow(), 1, unreadable)
                : new HardStateCopies(second.orElseThrow(), 0, unreadable);
    }

    StoredState state() {
        return latest.state();
    }

    /** The copy, 1 or 2, that could not be read; 0 when both could. */
    int unreadable() {
        return unreadable;
    }

    /** Returns when {@code state} is durable in both slots. */
    void write(StoredState state, Target target) throws IOException {
        HardStateSlot next = new HardStateSlot(latest.write() + 1, state);
        ByteBuffer bytes = next.encode();
        for (int i = 0; i < SLOTS; i++) {
            int slot = (slotToBegin + i) % SLOTS;
            target.write(bytes.rewind(), (long) slot * HardStateSlot.BYTES);
            target.force();
        }
        latest = next;
    }

    private static Optional<HardStateSlot> slot(StoredBytes bytes, int slot) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(HardStateSlot.BYTES);
        StoredBytes.fill(bytes, copy, (long) slot * HardStateSlot.BYTES);
        return copy.hasRemaining() ? Optional.empty() : HardStateSlot.decode(copy);
    }
}
