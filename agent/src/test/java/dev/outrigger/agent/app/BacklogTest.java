package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.session.SessionLimits;
import dev.outrigger.agent.session.SessionTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int ALL = Integer.MAX_VALUE;

    private final Backlog backlog = new Backlog(index -> false);

    private static List<Entry> entries(MemoryLog log, long first) {
        return log.commitAll().read(first, ALL).result();
    }

    private static List<Long> indexes(Batch batch) {
        return batch.commands().stream().map(Entry::index).toList();
    }

    @Test
    void leavesNoOpsOutAndPassesOverThem() {
        backlog.add(
                entries(new MemoryLog().noop(1).command(1).noop(2).command(2).noop(3), 1));
        Batch batch = backlog.take(2, ALL);
        assertEquals(List.of(2L, 4L), indexes(batch));
        assertEquals(5, batch.lastIndex());
        assertEquals(6, backlog.nextIndex());
        assertEquals(0, backlog.doneIndex());
        backlog.done(batch);
        assertTrue(backlog.isEmpty());
        assertEquals(5, backlog.doneIndex());
        assertEquals(4, backlog.appliedIndex());
    }

    @Test
    void takesNoMoreCommandsThanAskedFor() {
        backlog.add(entries(new MemoryLog().commands(1, 3), 1));
        Batch batch = backlog.take(2, ALL);
        assertEquals(List.of(1L, 2L), indexes(batch));
        backlog.done(batch);
        assertEquals(2, backlog.doneIndex());
        assertEquals(List.of(3L), indexes(backlog.take(2, ALL)));
    }

    @Test
    void takesNothingAfterTheLastIndexAskedFor() {
        backlog.add(entries(new MemoryLog().command(1).noop(1).noop(1).command(1), 1));
        Batch batch = backlog.take(10, 2);
        assertEquals(List.of(1L), indexes(batch));
        assertEquals(2, batch.lastIndex());
        backlog.done(batch);
        batch = backlog.take(10, 3);
        assertTrue(batch.isEmpty());
        assertEquals(3, batch.lastIndex());
    }

    private void restart(long nextIndex) {
        SessionTable table = new SessionTable(SessionLimits.DEFAULT);
        table.advance(nextIndex - 1, 0);
        backlog.reset(new Gate(table), nextIndex - 1);
    }

    @Test
    void refusesAnythingButTheEntryThatFollows() {
        MemoryLog log = new MemoryLog().commands(1, 5);
        restart(2);
        assertThrows(IllegalStateException.class, () -> backlog.add(entries(log, 1)));
        restart(2);
        assertThrows(IllegalStateException.class, () -> backlog.add(entries(log, 3)));
        restart(6);
        assertThrows(IllegalStateException.class, () -> backlog.add(List.of()));
    }
}
