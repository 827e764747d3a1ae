package dev.outrigger.agent.node;

import static dev.outrigger.agent.node.NodeFixture.WAIT;
import static dev.outrigger.agent.node.NodeFixture.await;
import static dev.outrigger.agent.node.NodeFixture.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.outrigger.agent.core.message.MemberId;
import dev.outrigger.agent.node.Answer.Applied;
import dev.outrigger.agent.node.Answer.Numbered;
import dev.outrigger.agent.node.Problem.Code;
import dev.outrigger.agent.node.Problem.Outcome;
import dev.outrigger.agent.storage.chronicle.SmallLog;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of nodes, each with an application of its own, and clients that work in sessions. */
class SessionsNodeTest {
    @TempDir
    private Path disks;

    private final NodeFixture fixture = new NodeFixture("a", "b", "c");

    @AfterEach
    void close() {
        fixture.close();
        assertEquals(List.of(), fixture.fatal);
    }

    @Test
    void aRetryOnAnotherAgentAfterTheLeaderIsGoneGivesTheFirstAnswer() throws Exception {
        fixture.startAll();
        MemberId leader = fixture.leader();
        String session = open(fixture.follower());
        Applied first = good(submit(leader, session, 1, "one"));
        fixture.stop(leader);
        MemberId next = fixture.leader();
        for (MemberId member : fixture.nodes.keySet()) {
            Applied again = good(submit(member, session, 1, "one"));
            assertEquals(first.index(), again.index());
            assertEquals(first.term(), again.term());
            assertEquals("eno", text(again));
        }
        good(submit(next, session, 2, "two"));
        awaitJournals("one", "two");
    }

    @Test
    void concurrentCallersMayShareASession() throws Exception {
        fixture.startAll();
        String session = open(fixture.leader());
        List<Future<Answer<Applied>>> answers = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        for (long number = 1; number <= 60; number++) {
            numbers.add(number == 30 ? 31 : number); // 30 is never sent, 31 twice
        }
        Collections.shuffle(numbers, new Random(5));
        List<MemberId> members = List.copyOf(fixture.nodes.keySet());
        for (int i = 0; i < numbers.size(); i++) {
            answers.add(submit(members.get(i % 3), session, numbers.get(i), "c" + numbers.get(i)));
        }
        answers.forEach(SessionsNodeTest::good);
        for (MemberId member : members) {
            NodeFixture.until(
                    "each once at " + member,
                    () -> fixture.app(member).journal().size() == 59);
            assertEquals(59, fixture.app(member).journal().stream().distinct().count());
        }
    }

    @Test
    void anAgentThatRestartsBesideAnApplicationWithStateKnowsWhatIsADuplicate() throws Exception {
        fixture.startAll();
        MemberId member = fixture.follower();
        String session = open(member);
        Applied first = good(submit(member, session, 1, "one"));
        fixture.stop(member);
        fixture.start(member);
        fixture.leader();
        Problem problem = problem(submit(member, session, 1, "one"), Code.RESULT_DROPPED, Outcome.APPLIED);
        assertEquals(Optional.of(first.index()), problem.index());
        assertEquals(new Numbered.Executed(first.index(), Optional.empty()), look(member, session, 1));
        good(submit(member, session, 2, "two"));
        awaitJournals("one", "two");
    }

    @Test
    void anApplicationThatLostItsStateIsNotGivenDuplicates() throws Exception {
        fixture.startAll();
        MemberId member = fixture.follower();
        String session = open(member);
        good(submit(member, session, 1, "one"));
        good(submit(fixture.leader(), session, 1, "one"));
        good(submit(member, session, 2, "two"));
        problem(submit(member, session, 2, "other"), Code.SEQUENCE_CONFLICT, Outcome.NONE);
        fixture.replaceApp(member);
        awaitJournals("one", "two");
        assertEquals("eno", text(good(submit(member, session, 1, "one"))));
        awaitJournals("one", "two");
    }

    @Test
    void whatASessionThatIsNotOpenAsksForIsNotExecuted() throws Exception {
        fixture.startAll();
        MemberId member = fixture.follower();
        String session = open(member);
        Applied first = good(submit(member, session, 5, "five"));
        assertEquals(new Numbered.Executed(first.index(), Optional.of(first)), look(member, session, 5));
        assertEquals(new Numbered.Unseen(), look(member, session, 4));
        Answer<Long> closed = await(fixture.onLoop(() -> fixture.node(member).closeSession(session, WAIT)));
        assertInstanceOf(Answer.Ok.class, closed);
        problem(submit(member, session, 6, "six"), Code.SESSION_EXPIRED, Outcome.UNKNOWN);
        problem(
                fixture.onLoop(() -> fixture.node(member).closeSession(session, WAIT)),
                Code.SESSION_EXPIRED,
                Outcome.UNKNOWN);
        problem(
                fixture.onLoop(() -> fixture.node(member).sessionCommand(session, 5, WAIT)),
                Code.SESSION_EXPIRED,
                Outcome.UNKNOWN);
        String foreign = session.substring(0, session.indexOf('-')) + "-00000000";
        problem(submit(member, foreign, 1, "foreign"), Code.SESSION_EXPIRED, Outcome.UNKNOWN);
        awaitJournals("five");
    }

    /** Its message to the leader is lost with the leader; without a session nobody could send it once more. */
    @Test
    void theAgentRepeatsACommandThatWasLostWithTheLeader() throws Exception {
        fixture.startAll();
        MemberId leader = fixture.leader();
        MemberId member = fixture.follower();
        String session = open(member);
        fixture.onLoop(() -> {
            fixture.network.cut(member, leader);
            return true;
        });
        Future<Answer<Applied>> inSession = submit(member, session, 1, "one");
        Future<Answer<Applied>> without = fixture.submit(member, "two", Duration.ofSeconds(3));
        fixture.onLoop(() -> true);
        fixture.stop(leader);
        assertEquals("eno", text(good(inSession)));
        problem(without, Code.DEADLINE, Outcome.UNKNOWN);
        awaitJournals("one");
    }

    @Test
    void aMemberThatIsGivenASnapshotKnowsWhatIsADuplicate() throws Exception {
        fixture.storages(member -> SmallLog.open(disks.resolve(member.name()), member.name(), "test"));
        fixture.startAll();
        MemberId leader = fixture.leader();
        MemberId member = fixture.follower();
        String session = open(leader);
        Applied first = good(submit(leader, session, 1, "one"));
        awaitJournals("one");
        fixture.stop(member);
        good(submit(leader, session, 2, "two"));
        good(submit(leader, session, 2, "two"));
        Answer<?> taken = await(fixture.onLoop(() -> fixture.node(leader).takeSnapshot(WAIT)));
        assertInstanceOf(Answer.Ok.class, taken, taken::toString);
        good(submit(leader, session, 3, "three"));
        fixture.start(member);
        awaitJournals("one,two", "three");
        Problem problem = problem(submit(member, session, 1, "one"), Code.RESULT_DROPPED, Outcome.APPLIED);
        assertEquals(Optional.of(first.index()), problem.index());
        problem(submit(member, session, 2, "other"), Code.SEQUENCE_CONFLICT, Outcome.NONE);
        assertEquals("eerht", text(good(submit(member, session, 3, "three"))));
        good(submit(member, session, 4, "four"));
        fixture.stop(member);
        fixture.start(member);
        good(submit(member, session, 5, "five"));
        assertEquals(
                "one,two,three,four,five", String.join(",", fixture.app(member).journal()));
    }

    private String open(MemberId member) {
        Answer<Answer.Opened> opened =
                await(fixture.onLoop(() -> fixture.node(member).openSession(OptionalLong.empty(), WAIT)));
        return ((Answer.Opened) assertInstanceOf(Answer.Ok.class, opened, opened::toString)
                        .value())
                .session();
    }

    private Numbered look(MemberId member, String session, long sequence) {
        Answer<Numbered> answer =
                await(fixture.onLoop(() -> fixture.node(member).sessionCommand(session, sequence, WAIT)));
        return (Numbered)
                assertInstanceOf(Answer.Ok.class, answer, answer::toString).value();
    }

    private Future<Answer<Applied>> submit(MemberId member, String session, long sequence, String body) {
        ClientCommand command =
                new ClientCommand(payload(body), Optional.of(new ClientCommand.Place(session, sequence)));
        return fixture.onLoop(
                () -> fixture.node(member).submit(List.of(command), WAIT).map(answers -> answers.get(0)));
    }

    private static Applied good(Future<Answer<Applied>> answer) {
        Answer<Applied> got = await(answer);
        return (Applied) assertInstanceOf(Answer.Ok.class, got, got::toString).value();
    }

    private static <T> Problem problem(Future<Answer<T>> answer, Code code, Outcome outcome) {
        Answer<T> got = await(answer);
        Problem problem =
                assertInstanceOf(Answer.Failed.class, got, got::toString).problem();
        assertEquals(code, problem.code(), problem::detail);
        assertEquals(outcome, problem.outcome(), problem::detail);
        return problem;
    }

    private static String text(Applied applied) {
        return new String(applied.data().array(), StandardCharsets.UTF_8);
    }

    private void awaitJournals(String... commands) {
        String expected = String.join(",", commands);
        for (MemberId member : fixture.nodes.keySet()) {
            NodeFixture.until(
                    expected + " at " + member + ", not "
                            + String.join(",", fixture.app(member).journal()),
                    () -> String.join(",", fixture.app(member).journal()).equals(expected));
        }
    }
}
