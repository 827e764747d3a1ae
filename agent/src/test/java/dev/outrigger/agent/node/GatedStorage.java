package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ForwardingStorage;
import dev.outrigger.agent.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A disk that can be held up. */
final class GatedStorage extends ForwardingStorage {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private boolean closed;

    GatedStorage(Storage storage) {
        super(storage);
    }

    void holdUp() {
        set(true);
    }

    void release() {
        set(false);
    }

    private void set(boolean hold) {
        lock.lock();
        try {
            closed = hold;
            opened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void persist(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries) {
        lock.lock();
        try {
            while (closed) {
                opened.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        super.persist(hardState, install, entries);
    }
}
