package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.await;
import static dev.outrigger.agent.node.NodeFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.MembersOrder.Remove;
import dev.outrigger.agent.node.MembersOrder.Replace;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AgentNodeTest {
    private static final MemberId A = new MemberId("a");
    private static final MemberId B = new MemberId("b");
    private static final MemberId C = new MemberId("c");
    private static final Duration SHORT = Duration.ofMillis(700);

    @Test
    void everyAgentAnswersFromItsOwnApplication() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            cluster.leader();
            assertEquals("1x", cluster.submit(A, "x1"));
            assertEquals("2x", cluster.submit(B, "x2"));
            assertEquals("3x", cluster.submit(C, "x3"));
            for (MemberId member : List.of(A, B, C)) {
                assertEquals("x1,x2,x3", cluster.query(member));
            }
        }
    }

    @Test
    void nothingIsAnsweredBeforeAMajorityHasItOnDisk() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId leader = cluster.leader();
            cluster.submit(leader, "first");
            cluster.nodes.forEach((member, running) -> {
                if (!member.equals(leader)) {
                    running.storage().holdUp();
                }
            });
            Future<Answer<Applied>> held = cluster.submit(leader, "held", NodeFixture.WAIT);
            until(
                    "the leader's own disk has it",
                    () -> cluster.onLoop(() -> cluster.node(leader).status().log())
                                    .durable()
                            >= 3);
            assertFalse(held.isComplete());
            assertEquals(List.of("first"), cluster.app(leader).journal());
            cluster.storage(cluster.follower()).release();
            assertInstanceOf(Answer.Ok.class, await(held));
        }
    }

    @Test
    void aMemberWhoseDiskFailedAcknowledgesNothingAnyMore() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a").startAll()) {
            cluster.leader();
            cluster.submit(A, "kept");
            cluster.disk(A).failNext();
            Answer<Applied> answer = await(cluster.submit(A, "lost", SHORT));
            assertProblem(Code.DEADLINE, Outcome.UNKNOWN, answer);
            assertEquals(1, cluster.fatal.size());
            assertEquals(List.of("kept"), cluster.app(A).journal());
        }
    }

    @Test
    void aLeaderThatHearsNobodyStepsDownAndTheOthersGoOn() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId old = cluster.leader();
            cluster.onLoop(() -> {
                cluster.nodes.keySet().forEach(member -> cluster.network.cut(member, old));
                return old;
            });
            MemberId other = cluster.nodes.keySet().stream()
                    .filter(member -> !member.equals(old))
                    .findFirst()
                    .orElseThrow();
            until(
                    "another leader",
                    () -> cluster.onLoop(() -> cluster.node(other).status().leader())
                            .filter(leader -> !leader.equals(old))
                            .isPresent());
            assertEquals("devres", cluster.submit(other, "served"));
            assertProblem(Code.NO_LEADER, Outcome.NONE, await(cluster.submit(old, "not served", SHORT)));
            cluster.onLoop(() -> {
                cluster.network.heal();
                return old;
            });
            assertEquals("niaga", cluster.submit(old, "again"));
            assertEquals("served,again", cluster.query(old));
        }
    }

    @Test
    void aMemberThatWasAwayIsCaughtUpFromTheLeadersDisk() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            cluster.leader();
            cluster.stop(C);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                cluster.submit(A, "c" + i);
                expected.add("c" + i);
            }
            cluster.stop(A);
            cluster.stop(B);
            cluster.start(A);
            cluster.start(B);
            cluster.start(C);
            assertEquals(String.join(",", expected), cluster.query(C));
            assertEquals(expected, cluster.app(C).journal());
        }
    }

    @Test
    void anApplicationThatLostItsStateIsToldEverythingAgain() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId follower = cluster.follower();
            cluster.submit(follower, "one");
            cluster.replaceApp(follower);
            cluster.submit(follower, "two");
            assertEquals(List.of("one", "two"), cluster.app(follower).journal());
        }
    }

    @Test
    void commandsWaitForTheApplicationWithinTheirDeadline() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a")) {
            JournalApp app = new JournalApp(0);
            URI uri = app.uri();
            int port = app.port();
            app.close();
            cluster.start(A, uri);
            cluster.leader();
            Answer<Applied> refused = await(cluster.submit(A, "early", SHORT));
            assertProblem(Code.APP_UNAVAILABLE, Outcome.NONE, refused);
            Future<Answer<Applied>> waiting = cluster.submit(A, "waits", NodeFixture.WAIT);
            try (JournalApp late = new JournalApp(port)) {
                assertInstanceOf(Answer.Ok.class, await(waiting));
                assertEquals(List.of("waits"), late.journal());
            }
        }
    }

    @Test
    void aClusterIsNotFormedBeforeEveryListedMemberIsUp() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c")) {
            cluster.start(A);
            cluster.start(B);
            assertEquals(
                    "forming", cluster.onLoop(() -> cluster.node(A).status().role()));
            assertProblem(Code.NO_QUORUM, Outcome.NONE, await(cluster.submit(A, "x", SHORT)));
            List<String> codes = cluster.onLoop(() -> cluster.node(A).status().diagnosis().stream()
                    .map(NodeStatus.Diagnosis::code)
                    .toList());
            assertEquals(List.of("WAITING_BOOTSTRAP"), codes);
            cluster.start(C);
            cluster.leader();
            List<String> ids = new ArrayList<>();
            for (MemberId member : List.of(A, B, C)) {
                ids.add(cluster.onLoop(() -> cluster.node(member).status().clusterId())
                        .orElseThrow());
            }
            assertEquals(1, ids.stream().distinct().count());
        }
    }

    @Test
    void stoppingAnswersWhatIsUnderWayAndRefusesTheRest() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a").startAll()) {
            cluster.leader();
            cluster.storage(A).holdUp();
            Future<Answer<Applied>> underWay = cluster.submit(A, "under way", NodeFixture.WAIT);
            until(
                    "it is proposed",
                    () -> cluster.onLoop(() -> cluster.node(A).status().log()).last() >= 2);
            AgentNode node = cluster.node(A);
            Future<Void> stopped = node.stop();
            assertProblem(Code.SHUTTING_DOWN, Outcome.NONE, await(cluster.submit(A, "too late", SHORT)));
            assertFalse(stopped.isComplete());
            cluster.storage(A).release();
            assertTrue(await(underWay) instanceof Answer.Ok);
            await(stopped);
            cluster.nodes.clear();
        }
    }

    @Test
    void leadershipGoesWhereTheOperatorWants() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId target = cluster.follower();
            for (MemberId asked : List.of(target, cluster.leader())) {
                Answer<Answer.Led> led = await(
                        cluster.onLoop(() -> cluster.node(asked).transfer(Optional.of(target), NodeFixture.WAIT)));
                Answer.Ok<?> ok = assertInstanceOf(Answer.Ok.class, led, led::toString);
                assertEquals(target, ((Answer.Led) ok.value()).leader());
            }
            assertEquals(target, cluster.leader());
            assertProblem(
                    Code.UNKNOWN_MEMBER,
                    Outcome.NONE,
                    await(cluster.onLoop(() -> cluster.node(A).transfer(Optional.of(new MemberId("z")), SHORT))));
        }
    }

    @Test
    void aLeaderThatStopsHandsOverFirst() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId old = cluster.leader();
            long term = cluster.onLoop(() -> cluster.node(old).status().term());
            cluster.stop(old);
            MemberId next = cluster.nodes.keySet().iterator().next();
            NodeStatus status = cluster.onLoop(() -> cluster.node(next).status());
            // No waiting for an election: somebody leads by the time that the old one is gone.
            assertEquals(term + 1, status.term());
            assertTrue(status.leader().filter(leader -> !leader.equals(old)).isPresent(), status::toString);
        }
    }

    @Test
    void aMemberLeavesAndItsEmptiedDiskComesBackOnlyByReplacement() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId leader = cluster.leader();
            MemberId victim = cluster.follower();
            cluster.stop(victim);
            cluster.wipe(victim);
            assertProblem(Code.NOT_MET, Outcome.NONE, await(cluster.change(leader, new Replace(victim), SHORT)));
            cluster.start(victim);
            cluster.submit(leader, "meanwhile");
            assertEquals(
                    "forming",
                    cluster.onLoop(() -> cluster.node(victim).status().role()));
            Answer<Answer.Changed> replaced = await(cluster.change(leader, new Replace(victim), NodeFixture.WAIT));
            assertInstanceOf(Answer.Ok.class, replaced, replaced::toString);
            assertEquals("meanwhile", cluster.query(victim));
            assertEquals(
                    "follower",
                    cluster.onLoop(() -> cluster.node(victim).status().role()));

            Answer<Answer.Changed> removed = await(cluster.change(leader, new Remove(victim), NodeFixture.WAIT));
            assertInstanceOf(Answer.Ok.class, removed, removed::toString);
            assertProblem(Code.UNKNOWN_MEMBER, Outcome.NONE, await(cluster.change(leader, new Remove(victim), SHORT)));
            cluster.submit(leader, "without it");
            assertEquals(
                    2,
                    cluster.onLoop(() -> cluster.node(leader).status().members().size()));
        }
    }

    @Test
    void aMemberThatLostItsDiskComesBackByItself() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId leader = cluster.leader();
            MemberId victim = cluster.follower();
            cluster.submit(leader, "before");
            cluster.stop(victim);
            cluster.wipe(victim);
            cluster.submit(leader, "meanwhile");
            cluster.start(victim);
            cluster.network.knockEvery(Duration.ofMillis(100));
            until(
                    "its page says what it waits for",
                    () -> cluster.onLoop(() -> cluster.node(leader).status()).diagnosis().stream()
                            .anyMatch(found -> found.code().equals("VOLUME_EMPTY")
                                    && found.next().contains("the old disk is silent")));
            until(
                    "it votes",
                    () -> cluster.onLoop(() -> cluster.node(victim).status().role())
                            .equals("follower"));
            assertEquals("before,meanwhile", cluster.query(victim));
        }
    }

    /** Three disks that were damaged are no reason to forget what was on them. */
    @Test
    void damagedDisksStandAndSaySo() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c")) {
            for (String name : List.of("a", "b", "c")) {
                cluster.damage(new MemberId(name));
                cluster.start(new MemberId(name), URI.create("http://127.0.0.1:1"));
            }
            cluster.network.knockEvery(Duration.ofMillis(20));
            for (MemberId member : cluster.nodes.keySet()) {
                until("it says so", () -> {
                    NodeStatus status =
                            cluster.onLoop(() -> cluster.node(member).status());
                    return status.role().equals("rejoining")
                            && status.clusterId().isEmpty()
                            && status.diagnosis().stream()
                                    .anyMatch(found -> found.code().equals("REJOINING")
                                            && found.message().contains("[a, b, c]"));
                });
            }
            assertTrue(cluster.nodes.keySet().stream()
                    .allMatch(member -> cluster.onLoop(
                                    () -> cluster.node(member).status().clusterId())
                            .isEmpty()));
        }
    }

    @Test
    void whatIsNoAddressIsNoMember() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a").startAll()) {
            cluster.leader();
            MembersOrder.Add add = new MembersOrder.Add(B, "nowhere", true);
            assertProblem(Code.MALFORMED, Outcome.NONE, await(cluster.change(A, add, SHORT)));
        }
    }

    /** Known bug 26: whatever takes long is done elsewhere, and all nodes here share one event loop. */
    @Test
    void aDiskThatStandsStillDoesNotStopTheHeartbeats() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId leader = cluster.leader();
            MemberId follower = cluster.follower();
            long term = cluster.onLoop(() -> cluster.node(leader).status().term());
            cluster.storage(follower).holdUp();
            cluster.submit(leader, "one");
            long afterThreeTimeouts = System.nanoTime() + Duration.ofMillis(900).toNanos();
            until("the event loop ticks on", () -> cluster.node(follower).lastTickNanos() - afterThreeTimeouts > 0);
            assertEquals(leader, cluster.leader());
            assertEquals(
                    term, cluster.onLoop(() -> cluster.node(follower).status().term()));
        }
    }

    /** Known bug 25, the other half: an application that stands still is no reason to change the leader. */
    @Test
    void anApplicationThatIsAwayDoesNotChangeTheLeader() throws Exception {
        try (NodeFixture cluster = new NodeFixture("a", "b", "c").startAll()) {
            MemberId leader = cluster.leader();
            long term = cluster.onLoop(() -> cluster.node(leader).status().term());
            cluster.app(leader).close();
            assertEquals("eno", cluster.submit(cluster.follower(), "one"));
            Answer<Applied> refused = await(cluster.submit(leader, "two", SHORT));
            assertInstanceOf(Answer.Failed.class, refused);
            assertEquals(leader, cluster.leader());
            assertEquals(
                    term, cluster.onLoop(() -> cluster.node(leader).status().term()));
        }
    }

    private static void assertProblem(Code code, Outcome outcome, Answer<?> answer) {
        Answer.Failed<?> failed = assertInstanceOf(Answer.Failed.class, answer, answer::toString);
        assertEquals(code, failed.problem().code(), failed::toString);
        assertEquals(outcome, failed.problem().outcome(), failed::toString);
    }
}
