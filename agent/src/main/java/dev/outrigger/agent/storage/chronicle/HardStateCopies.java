package dev.outrigger.agent.storage.chronicle;

import dev.outrigger.agent.storage.DamagedStorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Term and vote, twice. A write puts them into one slot, forces, and then does the same with the other: a crash tears at
 * most the slot under way, and whatever was acknowledged is in both, so that a slot that rots later cannot bring an older
 * vote back. It begins with a slot that is bad or behind, else the only good copy would be the one under way. Two bad slots
 * mean that votes are forgotten: the member must not go on.
 */
final class HardStateCopies {
    private static final Logger LOG = LoggerFactory.getLogger(HardStateCopies.class);
    private static final int SLOTS = 2;

    /** Both copies. */
    static final int BYTES = SLOTS * HardStateSlot.BYTES;

    private final int slotToBegin;
    private HardStateSlot latest;

    private HardStateCopies(HardStateSlot latest, int slotToBegin) {
        this.latest = latest;
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
        if (first.isEmpty() || second.isEmpty()) {
            LOG.warn(
                    "{}: copy {} of term and vote cannot be read; going on with the other",
                    file,
                    first.isEmpty() ? 1 : 2);
        }
        long firstWrite = first.map(HardStateSlot::write).orElse(-1L);
        long secondWrite = second.map(HardStateSlot::write).orElse(-1L);
        return firstWrite > secondWrite
                ? new HardStateCopies(first.orElseThrow(), 1)
                : new HardStateCopies(second.orElseThrow(), 0);
    }

    StoredState state() {
        return latest.state();
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
