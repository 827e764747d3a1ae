package dev.outrigger.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.NodeStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadinessTest {
    private final NodeStatus well = FakeNode.leader();

    @Test
    void aNodeThatIsNotListedIsNotReady() {
        NodeStatus removed = with(well.members().subList(1, 2), well.leader(), well.log(), well.app());
        assertEquals("[-]member failed: a is not among the cluster's members", firstLine(removed));
    }

    @Test
    void withoutALeaderItIsNotReady() {
        NodeStatus leaderless = with(well.members(), Optional.empty(), well.log(), well.app());
        assertTrue(
                Readiness.of(leaderless).verbose().contains("[-]leader-known failed: no leader is known in term 5\n"));
    }

    @Test
    void aSmallLagIsReadyALargeOneIsNot() {
        assertTrue(Readiness.of(behind(10_000)).ready());
        assertFalse(Readiness.of(behind(10_001)).ready());
        assertTrue(Readiness.of(behind(10_001)).verbose().contains("10001 committed entries still to apply"));
    }

    /** Known bug 34: it was away, and has just taken and applied the first piece of what it missed. */
    @Test
    void aMemberThatIsBehindItsClusterIsNotReadyHoweverBusyItsApplicationIs() {
        NodeStatus.Log log = new NodeStatus.Log(1, 500, 500, 500, 20_000, 500, 0, Optional.empty());
        Readiness readiness = Readiness.of(with(well.members(), well.leader(), log, well.app()));
        assertFalse(readiness.ready());
        assertTrue(readiness.verbose().contains("19500 committed entries still to apply, up to 20000"));
    }

    @ParameterizedTest
    @EnumSource(AppStatus.State.class)
    void onlyAnAttachedApplicationIsReady(AppStatus.State state) {
        AppStatus app = new AppStatus(state, Optional.empty(), Optional.empty(), 90, 5, Optional.of("why"), 0);
        Readiness readiness = Readiness.of(with(well.members(), well.leader(), well.log(), app));
        assertEquals(state == AppStatus.State.SERVING || state == AppStatus.State.REPLAYING, readiness.ready());
    }

    @Test
    void anAgentThatDrainsIsNotReady() {
        NodeStatus.Self self = well.node();
        NodeStatus draining = new NodeStatus(
                "orders",
                well.clusterId(),
                new NodeStatus.Self(self.name(), self.storageId(), 7, "0.1.0", self.zone(), 1, true),
                "follower",
                5,
                well.leader(),
                well.log(),
                well.snapshot(),
                well.app(),
                well.sessions(),
                well.members(),
                List.of());
        assertFalse(Readiness.of(draining).ready());
        assertTrue(
                Readiness.of(draining).verbose().contains("[-]draining failed: this agent is about to be stopped\n"));
    }

    private NodeStatus behind(long entries) {
        long applied = 20_000 - entries;
        NodeStatus.Log log = new NodeStatus.Log(1, 20_000, 20_000, 20_000, 20_000, applied, 0, Optional.empty());
        return with(well.members(), well.leader(), log, well.app());
    }

    private NodeStatus with(
            List<NodeStatus.Member> members, Optional<MemberId> leader, NodeStatus.Log log, AppStatus app) {
        return new NodeStatus(
                "orders",
                well.clusterId(),
                well.node(),
                "leader",
                5,
                leader,
                log,
                Optional.empty(),
                app,
                new NodeStatus.Sessions(0, 0),
                members,
                List.of());
    }

    private static String firstLine(NodeStatus status) {
        return Readiness.of(status).verbose().lines().findFirst().orElse("");
    }
}
