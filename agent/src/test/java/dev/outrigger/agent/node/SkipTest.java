package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.WAIT;
import static dev.outrigger.agent.node.NodeFixture.await;
import static dev.outrigger.agent.node.NodeFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.Poison;
import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A command that the applications cannot apply is passed over by all, on an operator's word (D8). */
class SkipTest {
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
    void allPassOverItAndEverythingBehindItGoesOn() {
        MemberId leader = cluster.leader();
        MemberId follower = cluster.follower();
        cluster.submit(leader, "one");
        cluster.nodes.keySet().forEach(this::poison);
        Future<Answer<Applied>> waiting = cluster.submit(leader, "poison", Duration.ofSeconds(20));
        long index = awaitPaused(leader).index();
        cluster.nodes.keySet().forEach(this::awaitPaused);
        Poison seen = awaitPaused(follower);
        assertEquals("poison", new String(Base64.getDecoder().decode(seen.payload())));
        assertEquals(6, seen.bytes());
        assertTrue(seen.answer().contains("500: cannot apply this"), seen.answer());
        assertTrue(cluster.onLoop(() -> cluster.node(follower).status()).diagnosis().stream()
                .anyMatch(found -> found.code().equals("APP_PAUSED")
                        && found.next().contains("outrigger skip " + index)
                        && Long.valueOf(index).equals(found.evidence().get("index"))));
        Future<Answer<Applied>> behind = cluster.submit(follower, "two", Duration.ofSeconds(20));
        until("decided", () -> await(skip(follower, index)) instanceof Answer.Ok);
        Problem problem = problem(await(waiting));
        assertEquals(Code.SKIPPED, problem.code());
        assertEquals(Outcome.NONE, problem.outcome());
        assertEquals(Optional.of(index), problem.index());
        assertInstanceOf(Answer.Ok.class, await(behind));
        cluster.nodes
                .keySet()
                .forEach(member -> until(
                        member + " goes on",
                        () -> state(member) == State.SERVING
                                && cluster.app(member).journal().equals(List.of("one", "two"))));
        assertInstanceOf(Answer.Ok.class, await(skip(follower, index)), "asked again");

        cluster.stop(follower);
        cluster.app(follower).forget();
        cluster.start(follower);
        until(
                "replayed without it",
                () -> state(follower) == State.SERVING
                        && cluster.app(follower).journal().equals(List.of("one", "two")));
    }

    @Test
    void whatOneMemberHasAppliedIsNotPassedOver() {
        MemberId leader = cluster.leader();
        MemberId follower = cluster.follower();
        poison(follower);
        cluster.submit(leader, "poison");
        long index = awaitPaused(follower).index();
        until("known", () -> problem(await(skip(follower, index))).code() == Code.ALREADY_APPLIED);
        String detail = problem(await(skip(follower, index))).detail();
        assertTrue(detail.contains(leader.name()), detail);
        assertEquals(Code.ALREADY_APPLIED, problem(await(skip(leader, index))).code());
        assertEquals(State.PAUSED, state(follower));
    }

    @Test
    void whoHasAppliedItWhileNobodyKnewIsQuarantined() {
        MemberId leader = cluster.leader();
        MemberId away = cluster.follower();
        cluster.nodes.keySet().stream().filter(member -> !member.equals(away)).forEach(this::poison);
        cluster.submit(away, "poison");
        long index = awaitPaused(leader).index();
        cluster.stop(away);
        until("forgotten", () -> await(skip(leader, index)) instanceof Answer.Ok);
        cluster.submit(leader, "two");
        cluster.start(away);
        until("in quarantine", () -> state(away) == State.QUARANTINED);
        String reason =
                cluster.onLoop(() -> cluster.node(away).status().app().reason()).orElse("");
        assertTrue(reason.contains("has applied the command at index " + index), reason);
        assertEquals("eerht", cluster.submit(cluster.leader(), "three"));
    }

    @Test
    void nothingElseIsPassedOver() {
        MemberId leader = cluster.leader();
        cluster.submit(leader, "one");
        assertEquals(Code.NOT_FOUND, problem(await(skip(leader, 1000))).code());
        long applied = cluster.onLoop(() -> cluster.node(leader).status().log().applied());
        assertEquals(Code.ALREADY_APPLIED, problem(await(skip(leader, applied))).code());
        cluster.nodes.keySet().forEach(this::poison);
        cluster.submit(leader, "poison", WAIT);
        cluster.submit(leader, "behind", WAIT);
        long index = awaitPaused(leader).index();
        assertEquals(Code.NOT_PAUSED, problem(await(skip(leader, index + 1))).code());
    }

    private void poison(MemberId member) {
        cluster.app(member).cannotApply("poison"::equals);
    }

    private Poison awaitPaused(MemberId member) {
        until(
                member + " paused",
                () -> state(member) == State.PAUSED && poisonOf(member).isPresent());
        return poisonOf(member).orElseThrow();
    }

    private Optional<Poison> poisonOf(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().app().poison());
    }

    private Future<Answer<Answer.Skipped>> skip(MemberId member, long index) {
        return cluster.onLoop(() -> cluster.node(member).skip(index, "test", WAIT));
    }

    private State state(MemberId member) {
        return cluster.onLoop(() -> cluster.node(member).status().app().state());
    }

    private static Problem problem(Answer<?> answer) {
        return assertInstanceOf(Answer.Failed.class, answer, answer::toString).problem();
    }
}
