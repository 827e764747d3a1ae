package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.HANG;
import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import dev.outrigger.agent.app.ScriptedApp.Call;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The hand-shake's decisions, as the application sees them. */
class AppPositionTest extends AgainstAnApp {
    @Test
    void serverAppearsAfterTheAgent() {
        app.away();
        log.commands(1, 3).commitAll();
        start().await("refused connections", () -> fixture.failures("info", "unreachable") > 3);
        assertEquals(State.WAITING, fixture.status().state());
        assertTrue(fixture.reason().contains("cannot be reached"), fixture.reason());
        app.listen();
        fixture.awaitApplied(3).awaitState(State.SERVING);
        assertEquals(Optional.empty(), fixture.status().reason());
    }

    @ParameterizedTest
    @MethodSource("brokenInfo")
    void waitsWhileInfoIsBroken(Behaviour broken) {
        app.always("info", broken);
        log.command(1).commitAll();
        start(IMPATIENT).await("several questions", () -> app.calls("info").size() > 3);
        assertEquals(State.WAITING, fixture.status().state());
        assertTrue(app.calls("apply").isEmpty());
        app.always("info", NORMAL);
        fixture.awaitApplied(1);
    }

    static Stream<Behaviour> brokenInfo() {
        return Stream.of(status(500, "starting"), status(404, ""), status(200, "{}"), BREAK_OFF, HANG);
    }

    @Test
    void replaysToAnApplicationThatLostItsState() {
        log.commands(1, 10).commitAll();
        start().awaitApplied(10);
        app.forgetCalls();
        app.restoreFirst(0);
        fixture.append(log -> log.command(1))
                .await("all again", () -> app.journal().equals(range(1, 11)));
        fixture.awaitApplied(11).awaitState(State.SERVING);
        assertEquals(1, fixture.failures("apply", "conflict"));
        assertTrue(fixture.recorder.appliedIndexes().contains(0L), "told that it went back");
        assertEquals(List.of(), fixture.recorder.lost());
    }

    @Test
    void replaysToAnApplicationThatRestartedWithOlderDurableState() {
        log.noop(1).commands(1, 10).commitAll();
        start().awaitApplied(11);
        app.away();
        app.restoreFirst(4);
        app.forgetCalls();
        fixture.append(log -> log.command(1));
        app.listen();
        fixture.await("what is missing", () -> app.journal().equals(range(2, 12)));
        fixture.awaitApplied(12).awaitState(State.SERVING);
        assertEquals(
                5,
                app.calls("apply").stream()
                        .mapToLong(Call::prevIndex)
                        .filter(i -> i > 0)
                        .min()
                        .orElse(0));
    }

    @Test
    void marksAsReplayedWhatWasCommittedBeforeTheHandshake() {
        log.commands(1, 6).commit(4);
        List<Call> held = new CopyOnWriteArrayList<>();
        app.next("apply", (a, call) -> held.add(call));
        start().await("the first batch", () -> held.size() == 1);
        assertTrue(fixture.is(State.REPLAYING));
        fixture.append(log -> log.command(1));
        NORMAL.serve(app, held.get(0));
        fixture.awaitApplied(7).awaitState(State.SERVING);
        assertEquals(List.of(range(1, 4), range(5, 7)), batches());
        assertTrue(app.calls("apply").get(0).replay());
        assertFalse(app.calls("apply").get(1).replay());
    }

    @Test
    void splitsABatchWhereReplayEnds() {
        log.commands(1, 4).commitAll();
        List<Call> held = new CopyOnWriteArrayList<>();
        app.next("apply", (a, call) -> held.add(call));
        start(ChannelFixture.limits(Duration.ofSeconds(10), 200, 1024))
                .await("the first batch", () -> held.size() == 1);
        fixture.append(log -> log.commands(1, 3));
        NORMAL.serve(app, held.get(0));
        fixture.awaitApplied(7);
        assertEquals(List.of(range(1, 3), range(4, 4), range(5, 6), range(7, 7)), batches());
        assertEquals(
                List.of(true, true, false, false),
                app.calls("apply").stream().map(Call::replay).toList());
    }

    @Test
    void waitsForTheLeaderWhenTheAppIsAheadOfTheCommitIndex() {
        log.commands(1, 5).commit(2);
        app.claim("orders", 4, 1);
        start(ChannelFixture.asksOnlyWithReason())
                .awaitState(State.WAITING)
                .await("a reason", () -> fixture.reason().contains("waiting for the leader"));
        fixture.changeLog(log -> log.commit(3), false);
        assertEquals(State.WAITING, fixture.status().state());
        assertTrue(app.calls("apply").isEmpty(), "nothing is pushed meanwhile");
        fixture.changeLog(log -> log.commit(5), false).awaitApplied(5);
        assertEquals(State.SERVING, fixture.status().state());
        assertEquals(List.of(5L), lastApply().indexes());
        assertEquals(4, lastApply().prevIndex());
    }

    @Test
    void refusesWhenTheLeaderReplacesWhatTheAppHasApplied() {
        log.commands(1, 5).commit(2);
        app.claim("orders", 4, 1);
        start().await("a reason", () -> fixture.reason().contains("waiting for the leader"));
        fixture.append(log -> log.truncateAfter(3).commands(2, 2)).awaitState(State.REFUSED);
        assertTrue(app.calls("apply").isEmpty());
    }

    @Test
    void refusesAnApplicationAheadOfTheLogUntilItStartsAnew() {
        log.commands(1, 5).commitAll();
        app.claim("orders", 9, 1);
        start().awaitState(State.REFUSED)
                .await("asked again", () -> app.calls("info").size() > 2);
        assertTrue(fixture.reason().contains("index 9 of term 1"), fixture.reason());
        assertTrue(fixture.reason().contains("index 5 of term 1"), fixture.reason());
        assertTrue(app.calls("apply").isEmpty());
        app.claim(null, 0, 0);
        fixture.awaitApplied(5).awaitState(State.SERVING);
        assertEquals(range(1, 5), app.journal());
    }

    @Test
    void refusesAnApplicationThatAcknowledgesWhatItWasNeverGiven() {
        app.next("apply", (a, call) -> {
            a.execute(call);
            a.claim("orders", 77, 3);
            call.answer(200, "{\"applied\":77,\"results\":[{\"code\":0}]}");
        });
        log.command(1).commitAll();
        start().awaitState(State.REFUSED);
        assertEquals(List.of(), fixture.recorder.results());
    }

    @Test
    void refusesAnApplicationOfAnotherCluster() {
        log.commands(1, 5).commitAll();
        app.claim("users", 2, 1);
        start().awaitState(State.REFUSED);
        assertTrue(fixture.reason().contains("'users'"), fixture.reason());
        assertTrue(app.calls("apply").isEmpty());
        assertEquals(
                1,
                fixture.registry
                        .get("outrigger.app.handshakes")
                        .tag("decision", "refuse")
                        .counter()
                        .count(),
                9);
    }

    @Test
    void noticesAtOnceWhenAnIdleApplicationRestartsWithoutItsState() {
        log.commands(1, 10).commitAll();
        start().awaitApplied(10);
        app.away();
        app.restoreFirst(0);
        fixture.await("silence", () -> fixture.reason().contains("cannot be reached"));
        app.listen();
        fixture.await("all again", () -> app.journal().equals(range(1, 10)));
    }

    @Test
    void noQueryReachesAnApplicationThatHasRestartedAndIsBehind() {
        log.commands(1, 10).commitAll();
        app.always("query", (a, call) -> call.answer(200, "" + a.journal().size()));
        start().awaitApplied(10);
        for (int restart = 0; restart < 20; restart++) {
            app.away();
            app.restoreFirst(0);
            app.always("apply", ScriptedApp.HANG)
                    .always("info", ScriptedApp.HANG)
                    .listen();
            QueryAnswer answer = fixture.query("how many?");
            assertTrue(answer instanceof QueryAnswer.Away, answer.toString());
            app.always("apply", NORMAL).always("info", NORMAL).away();
            app.listen();
            fixture.await("all again", () -> app.journal().equals(range(1, 10)));
            fixture.awaitState(State.SERVING);
        }
    }

    @Test
    void noticesByAskingWhenConnectionsTellNothing() {
        app.closesConnections();
        log.commands(1, 10).commitAll();
        start(ChannelFixture.limits(Duration.ofSeconds(10), Duration.ofMillis(10), 1 << 20, 1024))
                .awaitApplied(10);
        lead("leader", 2, Optional.of("a"));
        int asked = app.calls("info").size();
        fixture.await("quiet checks", () -> app.calls("info").size() > asked + 5);
        assertEquals(1, app.calls("role").size(), "a check is no hand-shake");
        assertEquals(2, fixture.recorder.states().size(), "replaying, serving, nothing since");
        app.restoreFirst(5);
        fixture.await("what is missing", () -> app.journal().equals(range(1, 10)));
        fixture.append(log -> log.commands(1, 3)).awaitApplied(13);
    }

    @Test
    void checksDoNotDisturbDelivery() {
        start(ChannelFixture.limits(Duration.ofSeconds(10), Duration.ofMillis(1), 1 << 20, 1024));
        for (int i = 1; i <= 300; i++) {
            fixture.append(log -> log.noop(1).command(1)).awaitApplied(2 * i);
        }
        assertEquals(300, fixture.recorder.results().size());
        assertEquals(List.of(), fixture.recorder.lost());
        assertEquals(List.of(), fixture.recorder.appliedIndexesThatFell());
        assertTrue(app.calls("info").size() > 5);
    }
}
