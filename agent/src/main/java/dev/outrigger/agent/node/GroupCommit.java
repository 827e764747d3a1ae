package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.NoRoomException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Gathers what the disk is owed while it works: all that waits goes into the next batch, with one force. What leans on a
 * write is handed out when its batch is durable. On the event loop.
 */
final class GroupCommit {
    private static final int MESSAGES_MAX = 65_536;

    private final LogThread logThread;
    private final BiConsumer<Batch, Long> durable;
    private final Consumer<Throwable> failed;
    private final Consumer<Runnable> noRoom;
    private Batch gathering = new Batch();
    private boolean busy;
    private boolean closed;

    /**
     * @param durable called with each batch once it is durable, and the nanoseconds that took
     * @param failed called once; nothing is written any more
     * @param noRoom called while the disk is full, with what to run after a moment: the same write once more. Nothing is
     *     acknowledged meanwhile
     */
    GroupCommit(
            LogThread logThread,
            BiConsumer<Batch, Long> durable,
            Consumer<Throwable> failed,
            Consumer<Runnable> noRoom) {
        this.logThread = logThread;
        this.durable = durable;
        this.failed = failed;
        this.noRoom = noRoom;
    }

    /** Takes over a Ready's writes and what may be sent only after them. Returns what may be sent at once. */
    List<Message> add(Ready ready) {
        if (!ready.mustPersist() && !busy) {
            return ready.sendAfterPersist();
        }
        gathering.add(ready);
        if (!busy) {
            start();
        }
        return List.of();
    }

    /** Whether nothing is under way or waiting. */
    boolean isIdle() {
        return !busy;
    }

    /** The disk is about to be closed: what is under way is finished, nothing more begins. */
    void close() {
        closed = true;
    }

    private void start() {
        if (closed) {
            return;
        }
        Batch batch = gathering;
        gathering = new Batch();
        busy = true;
        write(batch);
    }

    private void write(Batch batch) {
        if (closed) {
            return;
        }
        logThread.persist(batch.write).onComplete(done -> {
            if (done.failed() && done.cause() instanceof NoRoomException) {
                noRoom.accept(() -> write(batch));
                return;
            }
            if (done.failed()) {
                failed.accept(done.cause());
                return;
            }
            busy = false;
            if (!gathering.isEmpty()) {
                start();
            }
            durable.accept(batch, done.result());
        });
    }

    /** The writes of several Readys. */
    static final class Batch {
        private final LogWrite write = new LogWrite();
        private final Deque<Message> messages = new ArrayDeque<>();
        private Optional<Snapshot> installed = Optional.empty();
        private long readyNumber;

        /** The latest Ready in it. */
        long readyNumber() {
            return readyNumber;
        }

        int entryCount() {
            return write.entryCount();
        }

        /** The last snapshot in it that took the place of the log. */
        Optional<Snapshot> installed() {
            return installed;
        }

        Collection<Message> messages() {
            return messages;
        }

        private boolean isEmpty() {
            return readyNumber == 0;
        }

        private void add(Ready ready) {
            readyNumber = ready.number();
            write.add(ready);
            installed = ready.install().or(() -> installed);
            ready.sendAfterPersist().forEach(this::add);
        }

        /** A disk that does not answer for hours must not fill the memory; any message may be lost. */
        private void add(Message message) {
            if (messages.size() == MESSAGES_MAX) {
                messages.removeFirst();
            }
            messages.addLast(message);
        }
    }
}
