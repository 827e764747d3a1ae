package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Message;
import dev.outrigger.agent.core.message.Ready;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Gathers what the disk is owed while it works: all that waits goes into the next batch, with one force. What leans on a
 * write is handed out when its batch is durable. On the event loop.
 */
final class GroupCommit {
    private final LogThread logThread;
    private final BiConsumer<Batch, Long> durable;
    private final Consumer<Throwable> failed;
    private Batch gathering = new Batch();
    private boolean busy;
    private boolean closed;

    /**
     * @param durable called with each batch once it is durable, and the nanoseconds that took
     * @param failed called once; nothing is written any more
     */
    GroupCommit(LogThread logThread, BiConsumer<Batch, Long> durable, Consumer<Throwable> failed) {
        this.logThread = logThread;
        this.durable = durable;
        this.failed = failed;
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
        logThread.persist(batch.hardState, batch.entries).onComplete(done -> {
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
        private long readyNumber;
        private Optional<HardState> hardState = Optional.empty();
        private List<Entry> entries = new ArrayList<>();
        private final List<Message> messages = new ArrayList<>();

        /** The latest Ready in it. */
        long readyNumber() {
            return readyNumber;
        }

        int entryCount() {
            return entries.size();
        }

        List<Message> messages() {
            return messages;
        }

        private boolean isEmpty() {
            return readyNumber == 0;
        }

        private void add(Ready ready) {
            readyNumber = ready.number();
            hardState = ready.hardState().or(() -> hardState);
            append(ready.appends());
            messages.addAll(ready.sendAfterPersist());
        }

        private void append(List<Entry> appends) {
            if (appends.isEmpty()) {
                return;
            }
            // A later Ready may replace the end of an earlier one.
            long kept = entries.isEmpty()
                    ? 0
                    : appends.get(0).index() - entries.get(0).index();
            if (kept <= 0) {
                entries = new ArrayList<>(appends);
                return;
            }
            entries.subList((int) kept, entries.size()).clear();
            entries.addAll(appends);
        }
    }
}
