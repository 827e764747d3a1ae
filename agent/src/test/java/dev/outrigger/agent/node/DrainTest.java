package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.WAIT;
import static dev.outrigger.agent.node.NodeFixture.await;
import static dev.outrigger.agent.node.NodeFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static Answer<Optional<MemberId>> drain(NodeFixture cluster, MemberId member, Duration wait) {
        return await(cluster.onLoop(() -> cluster.node(member).drain(wait)));
    }

    private static Optional<MemberId> leader(Answer<Optional<MemberId>> answer) {
        if (answer instanceof Answer.Ok<Optional<MemberId>> ok) {
            return ok.value();
        }
        throw new AssertionError(answer.toString());
    }

    private static NodeStatus status(NodeFixture cluster, MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status());
    }

    @Test
    void aLeaderHandsOverShowsItAndStillServes() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId drained = cluster.leader();
            Future<Answer<Applied>> underWay = cluster.submit(drained, "under way", WAIT);
            Optional<MemberId> next = leader(drain(cluster, drained, WAIT));
            assertNotEquals(Optional.of(drained), next);
            assertInstanceOf(Answer.Ok.class, await(underWay), "what is under way is finished");

            NodeStatus status = status(cluster, drained);
            assertTrue(status.node().draining());
            assertTrue(
                    status.diagnosis().stream().anyMatch(found -> found.code().equals("DRAINING")));
            cluster.submit(drained, "still taken");
            assertEquals(next, leader(drain(cluster, drained, WAIT)), "a second time changes nothing");
        }
    }

    @Test
    void aFollowerOnlyBecomesUnready() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId follower = cluster.follower();
            MemberId leader = cluster.leader();
            assertEquals(Optional.of(leader), leader(drain(cluster, follower, WAIT)));
            assertTrue(status(cluster, follower).node().draining());
            assertFalse(status(cluster, leader).node().draining());
        }
    }

    @Test
    void whoIsMadeLeaderAllTheSameHandsOverAgain() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId drained = cluster.follower();
            drain(cluster, drained, WAIT);
            MemberId leader = cluster.leader();
            assertInstanceOf(
                    Answer.Ok.class,
                    await(cluster.onLoop(() -> cluster.node(leader).transfer(Optional.of(drained), WAIT))));
            until(
                    "another leads",
                    () -> status(cluster, drained)
                            .leader()
                            .filter(other -> !other.equals(drained))
                            .isPresent());
        }
    }

    /** A cluster without a leader helps nobody. */
    @Test
    void aLeaderThatNobodyCanReplaceGoesOnLeadingAndSaysSo() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a").startAll()) {
            MemberId alone = cluster.leader();
            Answer<Optional<MemberId>> answer = drain(cluster, alone, Duration.ofMillis(400));
            Problem problem = assertInstanceOf(Answer.Failed.class, answer, answer::toString)
                    .problem();
            assertEquals(Outcome.APPLIED, problem.outcome());
            assertTrue(status(cluster, alone).node().draining());
            cluster.submit(alone, "still served");
        }
    }

    @Test
    void beforeThereIsAClusterThereIsNothingToHandOver() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b")) {
            MemberId first = new MemberId("a");
            cluster.start(first);
            assertEquals(Optional.empty(), leader(drain(cluster, first, WAIT)));
            assertTrue(status(cluster, first).node().draining());
        }
    }
}
