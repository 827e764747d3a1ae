package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.core.message.MemberId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader whose application is away or stuck hands over to a member that is better off (D12). */
class LeadershipFollowsHealthTest {
    private final NodeFixture cluster = new NodeFixture("a", "b", "c");

    @BeforeEach
    void start() throws Exception {
        cluster.startAll();
    }

    @AfterEach
    void close() {
        cluster.close();
        assertEquals(List.of(), cluster.fatal);
    }

    @Test
    void anApplicationThatIsAway() {
        MemberId before = cluster.leader();
        cluster.submit(before, "one");
        cluster.app(before).close();
        cluster.awaitOtherLeader(before);
        assertEquals("owt", cluster.submit(cluster.leader(), "two"));
    }

    @Test
    void anApplicationThatHangs() {
        MemberId before = cluster.leader();
        MemberId other = cluster.follower();
        cluster.submit(before, "one");
        cluster.app(before).hang();
        assertEquals("owt", cluster.submit(other, "two"));
        cluster.awaitOtherLeader(before);
        MemberId now = cluster.leader();
        String lead = "leader@" + term(now);
        until(
                "the new leader's application is told",
                () -> cluster.app(now).roles().contains(lead));
    }

    @Test
    void nobodyHandsOverWhenAllAreIll() {
        MemberId before = cluster.leader();
        cluster.submit(before, "one");
        long term = term(before);
        cluster.nodes.keySet().forEach(member -> cluster.app(member).close());
        until(
                "all are ill",
                () -> cluster.nodes.keySet().stream()
                        .allMatch(member ->
                                cluster.onLoop(() -> cluster.node(member).fitness())
                                                .ordinal()
                                        == 0));
        assertEquals(before, cluster.leader());
        assertEquals(term, term(before));
        assertTrue(cluster.fatal.isEmpty());
    }

    private long term(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().term());
    }
}
