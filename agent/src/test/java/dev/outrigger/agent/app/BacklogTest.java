package dev.outrigger.agent.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int ALL = Integer.MAX_VALUE;

    private final Backlog backlog = new Backlog();

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
        assertTrue(backlog.isEmpty());
        assertEquals(6, backlog.nextIndex());
    }

    @Test
    void takesNoMoreCommandsThanAskedFor() {
        backlog.add(entries(new MemoryLog().commands(1, 3), 1));
        assertEquals(List.of(1L, 2L), indexes(backlog.take(2, ALL)));
        assertEquals(3, backlog.nextIndex());
        assertEquals(List.of(3L), indexes(backlog.take(2, ALL)));
    }

    @Test
    void takesNothingAfterTheLastIndexAskedFor() {
        backlog.add(entries(new MemoryLog().command(1).noop(1).noop(1).command(1), 1));
        Batch batch = backlog.take(10, 2);
        assertEquals(List.of(1L), indexes(batch));
        assertEquals(2, batch.lastIndex());
        batch = backlog.take(10, 3);
        assertTrue(batch.isEmpty());
        assertEquals(3, batch.lastIndex());
    }

    @Test
    void refusesAnythingButTheEntryThatFollows() {
        MemoryLog log = new MemoryLog().commands(1, 5);
        backlog.restart(2);
        assertThrows(IllegalStateException.class, () -> backlog.add(entries(log, 1)));
        backlog.restart(2);
        assertThrows(IllegalStateException.class, () -> backlog.add(entries(log, 3)));
        backlog.restart(6);
        assertThrows(IllegalStateException.class, () -> backlog.add(List.of()));
    }
}
