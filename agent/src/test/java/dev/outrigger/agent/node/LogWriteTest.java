package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outrigger.agent.core.message.Configuration;
import dev.outrigger.agent.core.message.Entry;
import dev.outrigger.agent.core.message.HardState;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Payload;
import dev.outrigger.agent.core.message.Ready;
import dev.outrigger.agent.core.message.Snapshot;
import dev.outrigger.agent.storage.ForwardingStorage;
import dev.outrigger.agent.storage.MemoryStorage;
import dev.outrigger.agent.storage.NoRoomException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LogWriteTest {
    private static final Snapshot SNAPSHOT =
            new Snapshot(20, 2, 9, Configuration.of(List.of(new MemberId("a"))), 100, 1);

    private final Recorder disk = new Recorder();
    private final LogWrite write = new LogWrite();

    @Test
    void laterEntriesTakeThePlaceOfEarlierOnes() {
        write.add(ready(Optional.empty(), 1, 2, 3));
        write.add(ready(Optional.empty(), 3, 4));
        assertEquals(0, write.persist(disk));
        assertEquals(List.of("[1, 2, 3, 4]"), disk.written);
    }

    @Test
    void aSnapshotIsWrittenBetweenWhatCameBeforeAndAfterIt() {
        write.add(ready(Optional.empty(), 5, 6));
        write.add(ready(Optional.of(SNAPSHOT), 21));
        write.add(ready(Optional.empty(), 22));
        assertEquals(21, write.persist(disk));
        assertEquals(List.of("[5, 6]", "20 [21, 22]"), disk.written);
    }

    @Test
    void whatHadNoRoomIsWrittenOnceMoreAndNothingTwice() {
        write.add(ready(Optional.empty(), 5, 6));
        write.add(ready(Optional.of(SNAPSHOT), 21));
        disk.roomFor = 1;
        assertThrows(NoRoomException.class, () -> write.persist(disk));
        assertThrows(NoRoomException.class, () -> write.persist(disk));
        disk.roomFor = 9;
        assertEquals(21, write.persist(disk));
        assertEquals(List.of("[5, 6]", "20 [21]"), disk.written);
    }

    private static Ready ready(Optional<Snapshot> install, long... indexes) {
        List<Entry> entries = LongStream.of(indexes)
                .mapToObj(index -> new Entry(index, 2, Entry.Kind.COMMAND, 1, Payload.EMPTY))
                .toList();
        return new Ready(
                1,
                Optional.empty(),
                install,
                entries,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** Says what was written, while it has room. */
    private static final class Recorder extends ForwardingStorage {
        private final List<String> written = new ArrayList<>();
        private int roomFor = Integer.MAX_VALUE;

        Recorder() {
            super(new MemoryStorage.Disk("disk").open());
        }

        @Override
        public void persist(Optional<HardState> hardState, Optional<Snapshot> install, List<Entry> entries) {
            if (written.size() == roomFor) {
                throw new NoRoomException("full");
            }
            written.add(install.map(snapshot -> snapshot.index() + " ").orElse("")
                    + entries.stream().map(Entry::index).toList());
        }
    }
}
