package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.BREAK_OFF;
import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static dev.outrigger.agent.app.ScriptedApp.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.ScriptedApp.Behaviour;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A command that the application cannot apply, as against an application that is away. */
@ParameterizedClass
@EnumSource(Push.Form.class)
class PoisonCommandTest extends AgainstAnApp {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    Push.Form form;

    @BeforeEach
    void speak() {
        app.speaks(form);
    }

    private static Behaviour poisonAt(long poison) {
        return (app, call) -> {
            List<Long> indexes = call.indexes();
            if (indexes.contains(poison)) {
                app.execute(call, indexes.indexOf(poison));
                call.answer(500, "cannot\ndivide by zero " + "!".repeat(500));
            } else {
                NORMAL.serve(app, call);
            }
        };
    }

    private static Behaviour atomicPoisonAt(long poison) {
        return (app, call) -> (call.indexes().contains(poison) ? status(500, "cannot") : NORMAL).serve(app, call);
    }

    @Test
    void pausesAtACommandThatCannotBeAppliedAndRecoversByItself() {
        app.always("apply", poisonAt(3));
        log.commands(1, 5).commitAll();
        start().awaitState(State.PAUSED);
        assertTrue(fixture.reason().contains("at index 3"), fixture.reason());
        assertTrue(fixture.reason().contains("500: cannot divide by zero !"), fixture.reason());
        assertTrue(fixture.reason().length() < 500, fixture.reason());
        assertFalse(fixture.status().attached());
        int before = app.calls("apply").size();
        fixture.append(log -> log.command(1))
                .await("tried again", () -> app.calls("apply").size() > before + 2);
        assertTrue(fixture.is(State.PAUSED));
        assertEquals(range(1, 2), app.journal());
        app.always("apply", NORMAL);
        fixture.awaitApplied(6).awaitState(State.SERVING);
        assertEquals(range(1, 6), app.journal());
        List<State> states = fixture.recorder.states();
        assertEquals(1, states.stream().filter(State.PAUSED::equals).count(), states.toString());
    }

    @Test
    void staysPausedWhileItPassesOverNoOpsBeforeTheCommandThatFails() {
        app.always("apply", poisonAt(4));
        log.command(1).noop(1).noop(2).command(2).commitAll();
        start().awaitState(State.PAUSED);
        int before = app.calls("apply").size();
        fixture.await("tried again", () -> app.calls("apply").size() > before + 2);
        List<State> states = fixture.recorder.states();
        assertEquals(State.PAUSED, states.get(states.size() - 1));
        assertEquals(1, states.stream().filter(State.PAUSED::equals).count(), states.toString());
        app.always("apply", NORMAL);
        fixture.awaitApplied(4).awaitState(State.SERVING);
    }

    @Test
    void findsThePoisonInALargeBatchOfAnApplicationThatAppliesAllOrNothing() {
        app.always("apply", atomicPoisonAt(77));
        log.commands(1, 200).commitAll();
        start().awaitState(State.PAUSED);
        assertTrue(fixture.reason().contains("the command at index 77,"), fixture.reason());
        assertEquals(range(1, 76), app.journal());
        assertEquals(List.of(77L), lastApply().indexes());
        app.always("apply", NORMAL);
        fixture.awaitApplied(200);
        assertEquals(range(1, 200), app.journal());
    }

    @Test
    void growsBatchesAgainAfterAFailure() {
        app.next("apply", status(503, "busy"));
        log.commands(1, 100).commitAll();
        start().awaitApplied(100);
        assertEquals(
                List.of(100, 1, 2, 4, 8, 16, 32, 37),
                app.calls("apply").stream().map(call -> call.indexes().size()).toList());
    }

    @Test
    void neverPausesBecauseTheApplicationGoesAway() {
        app.always("apply", (a, call) -> {
            a.always("info", BREAK_OFF);
            call.breakOff();
        });
        log.command(1).commitAll();
        start();
        for (int death = 1; death <= 5; death++) {
            int deaths = death;
            fixture.await("death " + death, () -> app.calls("apply").size() == deaths);
            fixture.await("silence", () -> fixture.reason().contains("since it was given the command at index 1"));
            app.always("info", NORMAL);
        }
        assertFalse(fixture.recorder.states().contains(State.PAUSED));
        app.always("apply", NORMAL).always("info", NORMAL);
        fixture.awaitApplied(1);
    }

    @Test
    void pausesWhenBatchesBreakOffThoughTheApplicationIsThere() {
        app.always("apply", BREAK_OFF);
        log.command(1).commitAll();
        start().awaitState(State.PAUSED);
        app.away();
        fixture.awaitState(State.WAITING);
        app.always("apply", NORMAL).listen();
        fixture.awaitApplied(1);
    }

    @Test
    void pausesWhenTheApplicationFollowsANewerAgent() {
        app.always("apply", status(409, "epoch 8 is newer"));
        log.command(1).commitAll();
        start().awaitState(State.PAUSED);
        assertTrue(fixture.reason().contains("409: epoch 8 is newer"), fixture.reason());
    }
}
