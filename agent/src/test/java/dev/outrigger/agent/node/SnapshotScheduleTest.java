package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotScheduleTest {
    private static final long MIB = 1 << 20;

    @Test
    void aSnapshotIsDueAfterAMultipleOfItsSize() {
        SnapshotSchedule schedule = new SnapshotSchedule(64 * MIB, 3, 1);
        assertEquals(64 * MIB, schedule.dueAtBytes(MIB), "but never sooner than the least");
        assertEquals(400 * MIB, schedule.dueAtBytes(200 * MIB));
    }

    @Test
    void membersWhoseLogsGrowAlikeTakeTurns() {
        Set<Long> taken = new HashSet<>();
        for (int rank = 0; rank < 5; rank++) {
            SnapshotSchedule schedule = new SnapshotSchedule(64 * MIB, 5, rank);
            long logged = schedule.dueAtBytes(0);
            for (int i = 0; i < 10; i++) {
                assertTrue(taken.add(logged), "two at " + logged);
                logged += schedule.dueAtBytes(10 * MIB);
            }
        }
    }
}
