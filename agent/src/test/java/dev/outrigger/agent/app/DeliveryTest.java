package dev.outrigger.agent.app;

import static dev.outrigger.agent.app.ScriptedApp.NORMAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.agent.app.AppStatus.State;
import dev.outrigger.agent.app.ScriptedApp.Call;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** In what order and in which batches commands reach the application. */
@ParameterizedClass
@EnumSource(Push.Form.class)
class DeliveryTest extends AgainstAnApp {
    @Parameter
    @SuppressWarnings("NullAway.Init")
    Push.Form form;

    @BeforeEach
    void speak() {
        app.speaks(form);
    }

    @Test
    void deliversEveryCommandOnceAndInOrder() {
        start();
        for (int i = 0; i < 50; i++) {
            fixture.append(log -> log.commands(1, 10));
        }
        fixture.awaitApplied(500);
        assertEquals(range(1, 500), app.journal());
        assertEquals(range(1, 500), fixture.recorder.results());
        assertEquals(List.of(), fixture.recorder.lost());
        assertTrue(fixture.is(State.SERVING));
        assertEquals(500, fixture.status().appliedIndex());
        assertEquals(1, fixture.status().appliedTerm());
        assertEquals(Optional.of("scripted"), fixture.status().appName());
    }

    @Test
    void saysWhoItIsWithEveryCall() {
        start().append(log -> log.command(1)).on(channel -> channel.leadership("follower", 1, Optional.empty()));
        fixture.awaitApplied(1).await("a role", () -> !app.calls("role").isEmpty());
        fixture.query("hello");
        for (String name : List.of("info", "apply", "role", "query")) {
            Call call = app.calls(name).get(0);
            boolean streamed = call.form() == Push.Form.STREAM;
            assertEquals(
                    "/outrigger/v1/" + name + (streamed ? "/stream" : ""),
                    call.http().path());
            assertEquals("orders", call.headers().get("Outrigger-Cluster"), name);
            assertEquals("Bearer sesame", call.headers().get("Authorization"), name);
        }
        assertEquals(form, app.calls("apply").get(0).form());
        assertEquals(
                form == Push.Form.JSON ? "application/json" : "application/vnd.outrigger.frames",
                app.calls("apply").get(0).headers().get("Content-Type"));
        assertEquals(ChannelFixture.EPOCH, app.calls("apply").get(0).json().getLong("epoch"));
        assertEquals(
                1_764_000_000_001L,
                app.calls("apply")
                        .get(0)
                        .json()
                        .getJsonArray("commands")
                        .getJsonObject(0)
                        .getLong("time"));
    }

    @Test
    void handsOnWhatTheApplicationSaysItsStateIs() {
        app.next("apply", (a, call) -> call.results(a.execute(call).put("stateHash", "beef")), NORMAL);
        app.next("apply", (a, call) -> call.results(a.execute(call).put("stateHash", "01".repeat(64))));
        start().append(log -> log.commands(1, 2).noop(1)).awaitApplied(3);
        fixture.append(log -> log.command(1)).awaitApplied(4);
        fixture.append(log -> log.command(1)).awaitApplied(5);
        assertEquals(List.of("2 beef", "5 " + "01".repeat(64)), fixture.recorder.stateHashes());
        assertEquals(3, fixture.batches(form));
    }

    @Test
    void doesNotShowNoOpsAndNamesTheLastCommandBeforeABatch() {
        log.noop(1).noop(1).command(1).noop(2).commitAll();
        start().awaitApplied(4);
        assertEquals(List.of(3L), lastApply().indexes());
        assertEquals(0, lastApply().prevIndex());
        fixture.append(log -> log.noop(3).command(3).command(3).noop(4)).awaitApplied(8);
        assertEquals(List.of(6L, 7L), lastApply().indexes());
        assertEquals(3, lastApply().prevIndex(), "a no-op is never the one before");
        assertEquals(2, app.calls("apply").size());
        fixture.append(log -> log.noop(5)).awaitApplied(9);
        assertEquals(2, app.calls("apply").size());
        assertEquals(7, fixture.status().appliedIndex());
        fixture.append(log -> log.command(5)).awaitApplied(10);
        assertEquals(7, lastApply().prevIndex());
    }

    @Test
    void gathersWhatIsCommittedWhileABatchIsUnderWay() {
        List<Call> held = new CopyOnWriteArrayList<>();
        app.next("apply", (a, call) -> held.add(call));
        start().append(log -> log.command(1)).await("the first batch", () -> held.size() == 1);
        for (int i = 0; i < 100; i++) {
            fixture.append(log -> log.command(1));
        }
        assertEquals(1, app.calls("apply").size(), "one at a time");
        NORMAL.serve(app, held.get(0));
        fixture.awaitApplied(101);
        assertEquals(2, app.calls("apply").size());
        assertEquals(range(2, 101), lastApply().indexes());
    }

    @Test
    void boundsABatchInCommandsAndInBytes() {
        log.commands(1, 10).commitAll();
        start(ChannelFixture.limits(Duration.ofSeconds(10), 1 << 20, 4)).awaitApplied(10);
        assertEquals(List.of(range(1, 4), range(5, 8), range(9, 10)), batches());
        fixture.close();

        app.restoreFirst(0);
        app.forgetCalls();
        log.command(1, "x".repeat(5000)).commitAll();
        start(ChannelFixture.limits(Duration.ofSeconds(10), 200, 1024)).awaitApplied(11);
        assertEquals(List.of(range(1, 3), range(4, 6), range(7, 9), range(10, 10), range(11, 11)), batches());
    }
}
