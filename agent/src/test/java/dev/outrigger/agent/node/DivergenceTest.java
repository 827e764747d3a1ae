package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.WAIT;
import static dev.outrigger.agent.node.NodeFixture.await;
import static dev.outrigger.agent.node.NodeFixture.payload;
import static dev.outrigger.agent.node.NodeFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.NodeStatus.Diagnosis;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application that answers otherwise than the others, such as one that uses random numbers (D11). */
class DivergenceTest {
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
    void oneFollowerThatAnswersOtherwiseIsQuarantinedAtTheRightCommandAndTheOthersGoOn() {
        MemberId leader = cluster.leader();
        MemberId bad = cluster.follower();
        cluster.submit(bad, "one");
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        long index = indexOf(leader, "two");
        cluster.submit(leader, "three");
        awaitQuarantine(bad);
        assertEquals(
                index,
                cluster.onLoop(() -> cluster.node(bad).status()).diagnosis().stream()
                        .filter(found -> found.code().equals("DIVERGED"))
                        .map(found -> found.evidence().get("differsFrom"))
                        .findFirst()
                        .orElseThrow());
        assertEquals(leader, cluster.leader());
        assertEquals("ruof", cluster.submit(leader, "four"));
        until(
                "the leader's page names it",
                () -> diverged(leader)
                        .filter(found -> bad.name().equals(found.evidence().get("member")))
                        .isPresent());
        for (MemberId other : cluster.nodes.keySet()) {
            assertEquals(other.equals(bad), state(other) == State.QUARANTINED, other.name());
        }
    }

    @Test
    void nothingOfAQuarantinedApplicationIsGivenOut() {
        MemberId leader = cluster.leader();
        MemberId bad = cluster.follower();
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        cluster.submit(leader, "one");
        awaitQuarantine(bad);
        Problem submit = problem(await(cluster.submit(bad, "two", WAIT)));
        assertEquals(Code.QUARANTINED, submit.code());
        assertEquals(Outcome.NONE, submit.outcome());
        assertEquals(
                Code.QUARANTINED,
                problem(await(cluster.onLoop(() -> cluster.node(bad).barrier(WAIT))))
                        .code());
        assertEquals(
                Code.QUARANTINED,
                problem(await(cluster.onLoop(() -> cluster.node(bad).query(payload("all"), false, 0, WAIT))))
                        .code());
        assertEquals(
                Code.QUARANTINED,
                problem(await(cluster.onLoop(() -> cluster.node(bad).takeSnapshot(WAIT))))
                        .code());
    }

    @Test
    void aLeaderThatIsAloneWithItsAnswersIsQuarantinedAndHandsOver() {
        MemberId bad = cluster.leader();
        cluster.submit(bad, "one");
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        long index = indexOf(bad, "two");
        awaitQuarantine(bad);
        cluster.awaitOtherLeader(bad);
        assertTrue(reason(bad).contains("index " + index), reason(bad));
        assertEquals("eerht", cluster.submit(cluster.leader(), "three"));
        until("its application knows", () -> {
            List<String> roles = cluster.app(bad).roles();
            return roles.get(roles.size() - 1).startsWith("follower@");
        });
    }

    @Test
    void withoutAMajorityNobodyIsQuarantinedUntilTheThirdComesBack() {
        MemberId leader = cluster.leader();
        MemberId away = cluster.follower();
        MemberId bad = cluster.nodes.keySet().stream()
                .filter(member -> !member.equals(leader) && !member.equals(away))
                .findFirst()
                .orElseThrow();
        cluster.submit(bad, "one");
        cluster.stop(away);
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        long index = indexOf(leader, "two");
        for (MemberId member : List.of(leader, bad)) {
            until(
                    "a diagnosis on " + member,
                    () -> diverged(member)
                            .filter(found ->
                                    Long.valueOf(index).equals(found.evidence().get("differsFrom")))
                            .isPresent());
        }
        assertEquals("eerht", cluster.submit(leader, "three"));
        assertTrue(state(leader) == State.SERVING && state(bad) == State.SERVING);
        cluster.start(away);
        awaitQuarantine(bad);
        assertTrue(reason(bad).contains("index " + index), reason(bad));
        assertEquals(State.SERVING, state(leader));
    }

    @Test
    void theMarkSurvivesARestart() {
        MemberId leader = cluster.leader();
        MemberId bad = cluster.follower();
        cluster.app(bad).answersWith(text -> text + UUID.randomUUID());
        cluster.submit(leader, "one");
        awaitQuarantine(bad);
        until("written down", () -> cluster.disk(bad).quarantine().isPresent());
        cluster.stop(bad);
        cluster.start(bad);
        assertEquals(State.QUARANTINED, state(bad));
        cluster.submit(leader, "two");
        assertEquals(1, cluster.app(bad).journal().size());
    }

    private long indexOf(MemberId member, String command) {
        return ((Applied) assertInstanceOf(Answer.Ok.class, await(cluster.submit(member, command, WAIT)))
                        .value())
                .index();
    }

    private void awaitQuarantine(MemberId member) {
        until(member + " in quarantine", () -> state(member) == State.QUARANTINED);
    }

    private State state(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().app().state());
    }

    private String reason(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().app().reason())
                .orElse("");
    }

    private Optional<Diagnosis> diverged(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status()).diagnosis().stream()
                .filter(found -> found.code().equals("DIVERGED"))
                .findFirst();
    }

    private static Problem problem(Answer<?> answer) {
        return assertInstanceOf(Answer.Failed.class, answer, answer::toString).problem();
    }
}
