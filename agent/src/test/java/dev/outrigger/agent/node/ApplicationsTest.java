package dev.outrigger.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.Fitness;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.core.message.Message.AppReport;
import dev.outrigger.agent.wire.AppRecord;
import dev.outrigger.agent.wire.AppRecord.Divergence;
import dev.outrigger.agent.wire.AppRecord.MemberStanding;
import dev.outrigger.agent.wire.AppRecord.Roster;
import dev.outrigger.agent.wire.AppRecord.SnapshotWanted;
import dev.outrigger.agent.wire.AppRecord.Standing;
import dev.outrigger.agent.wire.AppRecordCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A follower that its leader says is outvoted. */
class ApplicationsTest {
    private static final MemberId SELF = new MemberId("a");
    private static final MemberId LEADER = new MemberId("b");
    private static final Roster VERDICT =
            new Roster(List.of(), List.of(new Divergence(7, 7, List.of(LEADER, new MemberId("c")), List.of(SELF))));
    private static final Roster NOTHING = new Roster(List.of(), List.of());

    private final List<AppRecord> told = new ArrayList<>();
    private long differsFrom;
    private int verdicts;
    private final Applications applications =
            new Applications(new Follower(), new AnswerHashes(), Duration.ofMillis(100), Duration.ofSeconds(1));

    @Test
    void obeysOnceAndSaysSoAtOnce() {
        hear(VERDICT);
        hear(VERDICT);
        assertEquals(1, verdicts);
        assertTrue(told.get(0) instanceof Standing standing && standing.differsFrom() == 7, told.toString());
    }

    @Test
    void whatWasSaidOfAnswersBeforeAResyncCountsNoMore() {
        hear(VERDICT);
        differsFrom = 0;
        applications.pardon();
        hear(VERDICT);
        assertEquals(1, verdicts);
        hear(NOTHING);
        hear(VERDICT);
        assertEquals(2, verdicts);
    }

    private void hear(AppRecord record) {
        applications.received(new AppReport(LEADER, SELF, 1, AppRecordCodec.encode(record)), System.nanoTime());
    }

    private final class Follower implements Applications.Group {
        @Override
        public MemberId self() {
            return SELF;
        }

        @Override
        public boolean leads() {
            return false;
        }

        @Override
        public Optional<MemberId> leader() {
            return Optional.of(LEADER);
        }

        @Override
        public Set<MemberId> voters() {
            return Set.of(SELF, LEADER);
        }

        @Override
        public Set<MemberId> others() {
            return Set.of(LEADER);
        }

        @Override
        public MemberStanding standing() {
            return new MemberStanding(SELF, Fitness.FIT, differsFrom, 9, 0);
        }

        @Override
        public void tell(MemberId to, AppRecord record) {
            told.add(record);
        }

        @Override
        public void fitness(MemberId member, Fitness fitness) {}

        @Override
        public void snapshotWanted(MemberId member, SnapshotWanted wanted) {}

        @Override
        public void snapshotOffered(AppRecord record) {}

        @Override
        public void outvoted(Divergence divergence) {
            verdicts++;
            differsFrom = divergence.firstIndex();
        }
    }
}
