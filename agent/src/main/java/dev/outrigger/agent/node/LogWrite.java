package dev.outrigger.agent.node;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What several Readys want written, in their order, in as few steps as can be: one, but for each snapshot that takes the
 * place of the log. Filled on the event loop, written on the log thread, never both at a time.
 */
final class LogWrite {
    private final Deque<Step> steps = new ArrayDeque<>(List.of(new Step()));
    private int entryCount;

    private static final class Step {
        private Optional<HardState> hardState = Optional.empty();
        private Optional<Snapshot> install = Optional.empty();
        private List<Entry> entries = new ArrayList<>();

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

    void add(Ready ready) {
        if (ready.install().isPresent()) {
            steps.addLast(new Step());
            steps.getLast().install = ready.install();
        }
        Step last = steps.getLast();
        last.hardState = ready.hardState().or(() -> last.hardState);
        last.append(ready.appends());
        entryCount += ready.appends().size();
    }

    /** How many entries were to be written; those that were replaced before they were written count too. */
    int entryCount() {
        return entryCount;
    }

    /**
     * Writes what is not written yet.
     *
     * @return first index that the log can have after what was installed; 0 without
     * @throws dev.outrigger.agent.storage.NoRoomException when the rest has to wait; call it again then
     */
    long persist(Storage storage) {
        long firstIndex = 0;
        while (!steps.isEmpty()) {
            Step step = steps.getFirst();
            storage.persist(step.hardState, step.install, step.entries);
            firstIndex = step.install.map(snapshot -> snapshot.index() + 1).orElse(firstIndex);
            steps.removeFirst();
        }
        return firstIndex;
    }
}
